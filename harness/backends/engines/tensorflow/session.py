"""The device, the session and its configuration, and which settings are in force."""

import os
from typing import NamedTuple

import tensorflow as tf
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.util import _pywrap_util_port

from harness.backends.engines.introspection import blas, jit_kernels, thread_pools
from harness.backends.errors import BackendError

# Operations that may run beside each other. One: the workloads' operations are either large, and share out their work
# over the threads themselves, or so small that handing them to another thread costs more than they do.
INTER_OP_THREADS = 1


class DeviceMissing(BackendError, ValueError):
    """TensorFlow does not see the device that was asked for."""


class Target(NamedTuple):
    """kind: cpu or gpu; index: which of the GPUs; device: TensorFlow's name of it in the session."""

    kind: str
    index: int
    device: str


def target_of(device):
    """The Target for cpu, gpu or gpu:N; DeviceMissing if TensorFlow has none such."""
    kind, _, index = device.partition(":")
    place = int(index or 0)
    seen = len(tf.config.list_physical_devices("GPU"))
    if kind == "gpu" and place >= seen:
        raise DeviceMissing(
            "device not found. Expected one of TensorFlow's %d GPUs. Received device=%r. "
            "Use device cpu, or install the driver and TensorFlow's CUDA build." % (seen, device)
        )
    # the session is shown one GPU only, so that it is number 0 there
    return Target(kind, place, "/GPU:0" if kind == "gpu" else "/CPU:0")


def session_config(target, threads):
    """The session's ConfigProto: `threads` within an operation (None: TensorFlow's choice), GPU memory on demand."""
    config = tf.compat.v1.ConfigProto(allow_soft_placement=True, use_per_session_threads=True)
    config.intra_op_parallelism_threads = threads or 0
    config.inter_op_parallelism_threads = INTER_OP_THREADS
    # an operation without a kernel then fails the function that has it, not all that are made after it
    config.graph_options.place_pruned_graph = True
    config.graph_options.optimizer_options.global_jit_level = tf.compat.v1.OptimizerOptions.OFF
    if target.kind == "gpu":
        config.gpu_options.allow_growth = True
        config.gpu_options.visible_device_list = str(target.index)
    else:
        config.device_count["GPU"] = 0
    return config


def open_session(graph, config, target):
    """A session, and the pool of threads within an operation that TensorFlow started for it, see thread_pools.py.

    No function tells their number. They are counted: they start with the first session, and have no name, as
    TensorFlow's is too long for the kernel. On a GPU the driver's threads start with them, and it cannot be told.
    """
    before = thread_pools.unnamed_threads()
    session = tf.compat.v1.Session(graph=graph, config=config)
    started = thread_pools.unnamed_threads() - before
    return session, thread_pools.pool("intra-op", started if started and target.kind == "cpu" else None)


def make_callable(session, feeds, fetches, targets=()):
    """A function of the session: values of `feeds` to the list of those of `fetches`; it runs `targets` too.

    As Session.make_callable, whose functions enter as Session.run does, at every call: a tenth of a short step. It
    computes in the thread that calls it: with one operation at a time another thread would only have to be woken.
    """
    options = config_pb2.CallableOptions()
    options.feed.extend(tensor.name for tensor in feeds)
    options.fetch.extend(tensor.name for tensor in fetches)
    options.target.extend(operation.name for operation in targets)
    options.run_options.inter_op_thread_pool = -1
    return session._make_callable_from_options(options)


def one_dnn():
    """Whether TensorFlow uses oneDNN's kernels, as the library itself says."""
    return bool(_pywrap_util_port.IsMklEnabled())


def products(config, target):
    """The description (see blas.py) of what computes products on the CPU; None on a GPU, which computes them itself.

    It is oneDNN, with its operations switched off too: Eigen's products then call its kernels. They are generated anew
    in each process, and no function tells the version.
    """
    if target.kind == "gpu":
        return None
    threads = config.intra_op_parallelism_threads or os.cpu_count()
    return blas.description("oneDNN", threads=threads, instruction_set=jit_kernels.instruction_set())


def device_name(session, target):
    """What the session calls the device, with the model where it is a GPU."""
    wanted = target.kind.upper()
    names = [item.name for item in session.list_devices() if item.device_type == wanted]
    if target.kind == "cpu":
        return names[0]
    physical = tf.config.list_physical_devices("GPU")[target.index]
    return "%s %s" % (names[0], tf.config.experimental.get_device_details(physical).get("device_name"))


def in_force(session, config, target, pool):
    """Settings of a session with its pool of threads, str -> JSON value."""
    return {
        "device": device_name(session, target),
        "threads": config.intra_op_parallelism_threads or os.cpu_count(),
        "inter_op_threads": config.inter_op_parallelism_threads,
        "thread_pools": [pool] + thread_pools.of_libraries(),
        "one_dnn": one_dnn(),
        "blas": products(config, target),
        "xla": config.graph_options.optimizer_options.global_jit_level > 0,
        "mode": "session",
    }
