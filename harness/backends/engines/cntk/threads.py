"""On how many threads a stage is computed: on all, or on the one that calls it.

CNTK opens a parallel region of OpenMP for every loop, however short; in a recurrence that is one for every operation at
every time step. On two idle cores a region costs less than a microsecond, or several where its data are in the other
core's cache; where another process has one of the cores, a thread spins until it is free again. So a stage has all
threads only if what they share out is worth its regions. Figures are of an AMD EPYC; see docs/design/cntk.md.
"""

import ctypes
from functools import partial
from threading import get_ident

from harness.backends.engines.introspection import blas
from harness.backends.graph.shape_rules import product

REGION_S = 1e-6  # twice what it takes on idle cores
STAGE_S = 2e-4  # to wake the threads, and to fetch what the core of another has written last
TANH_S = 10e-9  # an element; all other functions are too quick, beside the way of data from one core to another
LEARNER_S = 10e-9  # an element of a weight
PRODUCTS = frozenset(("dot", "batched_dot"))
FLOPS_PER_S = 7e10  # of a product on one thread
FLOPS_FROM = 1e6  # below, two threads take as long for a product as one
CONVOLUTIONS = frozenset(("convolution", "depthwise_conv2d"))
# Between so many products of convolutions two threads gain nothing while they keep their cores to wait for each other;
# with fewer, to wake one takes longer than all that there is to do.
CONVOLVED = 1e5, 7.5e6
SPIN_MS, YIELD_MS = 200, 0  # how long a thread keeps its core to wait for the next region: OpenMP's default; not at all
PRODUCTS_BACKWARD, REGIONS_BACKWARD = 3, 2  # of a pass forward and backward, for each of a pass forward
# What has no loop of its own, or one that CNTK never shares out; rows are counted where they are made.
ALONE = frozenset(
    "reshape expand_dims squeeze fill count sizes to_dense host clip select relu stop_gradient slice dot".split()
)

ALL_LEVELS = 2**31 - 1  # of regions within regions: OpenMP's own choice


class Threads(object):
    """CNTK's threads, as the thread that calls sees them: OpenMP and MKL keep these settings for each."""

    def __init__(self, count):
        self.count = count
        self._setters = [
            _function("libiomp5", "omp_set_max_active_levels"),
            _function("libiomp5", "omp_set_num_threads"),
            _function("libmklml_intel", "MKL_Set_Num_Threads_Local"),
            _function("libiomp5", "kmp_set_blocktime"),
        ]
        self._in_force = None  # what was set last, and by which thread

    def share(self):
        """Computes on all threads from now on."""
        self._set(ALL_LEVELS, self.count, self.count, SPIN_MS)

    def share_products(self, wait_ms):
        """Computes MKL's products and convolutions on all threads from now on, CNTK's loops on the calling one."""
        self._set(ALL_LEVELS, 1, self.count, wait_ms)

    def work_alone(self):
        """Computes on the calling thread from now on.

        Without a level of regions there are none, not even those for which CNTK asks for two threads whatever its
        setting. MKL is told besides, or it cuts its products up for threads that it does not get.
        """
        self._set(0, 1, 1, SPIN_MS)

    def _set(self, *settings):
        wanted = (get_ident(), settings if self.count > 1 else (0, 1, 1, SPIN_MS))
        if wanted != self._in_force:
            for setter, value in zip(self._setters, wanted[1]):
                setter(value)
            self._in_force = wanted


def _function(library, name):
    """A function, of one number, of a library that CNTK's wheels bring; of another build's nothing is set."""
    path = blas.loaded(library)
    return getattr(ctypes.CDLL(path), name) if path else lambda number: None


class Work(object):
    """What a stage that is being lowered has for threads.

    Attributes
    ----------
    shared_s : float       seconds that they share out
    products_s : float     the same of products and convolutions
    regions : int          how often they must meet
    convolved : int        how many products its convolutions are sums of; 0 if there are none
    times : int            how often what is being lowered runs
    """

    def __init__(self):
        self.shared_s, self.products_s, self.regions, self.convolved, self.times = 0.0, 0.0, 0, 0, 1

    def add(self, operation, inputs, output):
        """Counts one operation, given its natives."""
        if operation.name not in ALONE:
            self.rows(1)
        if operation.name == "tanh":
            self.shared_s += self.times * TANH_S * product(output.shape)
        if operation.name in PRODUCTS:
            self._multiply(product(output.shape) * inputs[0].shape[-1])
        if operation.name in CONVOLUTIONS:
            channels = output.shape[1 if operation.attributes["dim_ordering"] == "th" else -1]
            products = product(output.shape) * product(inputs[1].shape) // channels
            self.convolved += products
            self._multiply(products)

    def _multiply(self, products):
        if 2 * products >= FLOPS_FROM:
            self.products_s += self.times * 2 * products / FLOPS_PER_S

    def learn(self, weights):
        """Counts the steps of learners."""
        self.shared_s += LEARNER_S * sum(product(weight.shape) for weight in weights)
        self.rows(len(weights))

    def rows(self, count):
        """Counts rows that CNTK goes through in regions of their own."""
        self.regions += self.times * count

    def is_for_all(self, threads, backward):
        """Whether so many threads are worth it, for a pass forward or one that goes backward as well."""
        products, regions = (PRODUCTS_BACKWARD, REGIONS_BACKWARD) if backward else (1, 1)
        gain_s = (self.shared_s + products * self.products_s) * (1.0 - 1.0 / threads)
        return gain_s > STAGE_S + regions * self.regions * REGION_S


class Placement(object):
    """Where all runs of some work are computed: `begin()` before each.

    Convolutions are always shared, if need be without the loops beside them: one that MKL has prepared for two threads
    waits for the other for ever if there is none, and where one was prepared for two, preparing another for one ends in
    a division by zero.

    Parameters
    ----------
    threads : Threads
    work : Work
    backward : bool        whether it has a pass backward
    """

    def __init__(self, threads, work, backward=False):
        shares = work.is_for_all(threads.count, backward)
        self.for_all = shares or work.convolved > 0
        self.begin = threads.share if shares else threads.work_alone
        if work.convolved and not shares:
            wait_ms = YIELD_MS if CONVOLVED[0] <= work.convolved < CONVOLVED[1] else SPIN_MS
            self.begin = partial(threads.share_products, wait_ms)
