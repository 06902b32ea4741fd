"""Measures what a device can do at most: floating-point operations, and bytes read from memory, a second.

Started as harness/worker/__main__.py is, with a request of `schema`, `backend`, `device`, `threads` and `floatx`; the
result has `peak`, see PEAK in protocol.py, `versions` and `settings`. Both figures come from products of K on the
backend's engine, so they are those of the BLAS below it: of large matrices, which computes far more than it reads, and
of a matrix that no cache holds with a vector, which reads far more than it computes. A call makes several, each of the
one before, and the last one is what the next call begins with: a library may keep what it has computed and not compute
it again, as CNTK does. Nothing comes back from the device.
"""

import os
import runpy
import sys

WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")
# A call as long as this takes far longer than what it costs to make one.
LEAST_S = 0.05
# Calls are made for as long as this, so many at least: the best of them met nobody else on the machine.
SPENT_S = 0.5
LEAST_CALLS = 5
PRODUCTS = 2  # in a call
PRODUCT_ROWS = (512, 1024, 1536, 2048, 3072, 4096, 6144, 8192)
READ_ROWS = 8192  # 256 MiB of float32: more than a processor's last cache, with few exceptions
READS = (16, 64)  # in a call


def run(request, reporter):
    """Executes a request; the result."""
    from harness.worker.run import start_engine

    engine = start_engine(request)
    reporter.begin("compile")
    peak = {"dtype": request["floatx"]}
    peak.update(of_products())
    peak.update(of_reads())
    reporter.begin("done")
    return {"peak": peak, "versions": engine.versions(), "settings": engine.settings()}


def of_products():
    """The part of PEAK that products of matrices tell."""
    import numpy as np

    rows, call_s = measured(products, PRODUCT_ROWS)
    work = PRODUCTS * 2 * rows**3
    return {
        "gemm_flops_per_s": work / min(call_s),
        "gemm_median_flops_per_s": work / float(np.median(call_s)),
        "gemm_rows": rows,
        "gemm_call_s": call_s,
    }


def of_reads():
    """The part of PEAK that products of a matrix with vectors tell: its bytes and those of two vectors a product."""
    import numpy as np

    from harness.backends import api as K

    matrix = K.variable(np.full((READ_ROWS, READ_ROWS), 1.0 / READ_ROWS, dtype=K.floatx()))
    times, call_s = measured(lambda times: reads(matrix, times), READS)
    work = times * READ_ROWS * (READ_ROWS + 2) * np.dtype(K.floatx()).itemsize
    return {
        "bandwidth_bytes_per_s": work / min(call_s),
        "bandwidth_median_bytes_per_s": work / float(np.median(call_s)),
        "bandwidth_rows": READ_ROWS,
        "bandwidth_call_s": call_s,
    }


def products(rows):
    """A function that multiplies matrices of so many rows and columns, PRODUCTS times."""
    import numpy as np

    from harness.backends import api as K

    bound = (3.0 / rows) ** 0.5  # products then vary as their factors do
    draws = np.random.RandomState(0).uniform(-bound, bound, (rows, rows))
    factor, state = K.variable(draws), K.variable(draws)
    product = state
    for _ in range(PRODUCTS):
        product = K.dot(product, factor)
    return K.function([], [], [K.update(state, product)])


def reads(matrix, times):
    """A function that reads a matrix so many times, for its products with vectors."""
    from harness.backends import api as K

    state = K.ones((READ_ROWS, 1))
    vector = state
    for _ in range(times):
        vector = K.dot(matrix, vector)
    return K.function([], [], [K.update(state, vector)])


def measured(make, sizes):
    """(the first size with which a call is long enough, else the last; seconds of each call)."""
    from harness.worker.trainer import seconds

    for size in sizes:
        call = make(size)
        seconds(call, [])  # some libraries compile now
        if seconds(call, []) >= LEAST_S:
            break
    call_s = []
    while sum(call_s) < SPENT_S or len(call_s) < LEAST_CALLS:
        call_s.append(seconds(call, []))
    return size, call_s


if __name__ == "__main__":
    sys.exit(runpy.run_path(WORKER)["main"](sys.argv[1:], run))
