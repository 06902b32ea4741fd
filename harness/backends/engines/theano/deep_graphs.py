"""Graphs hundreds of operations deep: too deep for Python's recursion limit, too slow for Theano's optimizer.

Theano differentiates and optimizes by recursion, some frames for each operation. And some of its optimizations look at
all of a sum or product from each of its places: 200 terms take 10 s with their gradient, 500 more than 200 s; with
those that `fast_compile` has, 4 and 10 (AMD EPYC).
"""

import contextlib
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import theano
from theano.compile import mode

from harness.backends.graph import primitive_table
from harness.backends.graph.traversal import schedule

PATH = 150  # operations one behind another, or uses of one tensor, above which frames may not do
CHAIN = 200  # elementwise operations one behind another, above which time may not
FRAMES = 10**5
STACK_BYTES = 2**28
ELEMENTWISE = primitive_table.ELEMENTWISE | {"clip", "relu", "hard_sigmoid"}


def suited(compile_, tensors, children):
    """What `compile_()` returns, called with the frames and the optimizer that the graph of `tensors` needs."""
    path, chain = measured(tensors, children)
    with contextlib.ExitStack() as stack:
        if chain > CHAIN:
            stack.enter_context(quickly())
        return with_room(compile_) if path > PATH else compile_()


def measured(tensors, children):
    """(operations on the longest path, or uses of one tensor; elementwise operations one behind another)."""
    paths, chains, uses = {}, {}, Counter()
    for operation in schedule(tensors, children):
        below = [child.operation for child in children(operation)]
        uses.update(children(operation))
        path, chain = measured_body(operation, children)
        paths[operation] = 1 + path + max([paths[each] for each in below], default=0)
        longest = max([chains[each] for each in below], default=0)
        chains[operation] = 1 + longest if operation.name in ELEMENTWISE else chain
    most = max(list(paths.values()) + list(uses.values()), default=0)
    return most, max(chains.values(), default=0)


def measured_body(operation, children):
    """The same of a scan's body, (0, 0) of any other operation."""
    if operation.name != "scan":
        return 0, 0
    body = operation.attributes["body"]
    return measured(body.outputs + body.new_states, children)


def with_room(function):
    """What a function returns, on a thread whose stack has room for FRAMES."""
    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    sys.setrecursionlimit(max(limit, FRAMES))
    try:
        with ThreadPoolExecutor(1) as pool:
            return _begun(pool, function).result()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)


def _begun(pool, function):
    """The future of a function that a pool runs; a thread that cannot be started lacks memory for its stack."""
    try:
        return pool.submit(function)
    except RuntimeError as error:
        raise MemoryError("no stack of %d MiB for a deep graph" % (STACK_BYTES // 2**20)) from error


@contextlib.contextmanager
def quickly():
    """Meanwhile Theano's default mode, which scans have as well, has the optimizations of `fast_compile` alone."""
    usual = mode.instantiated_default_mode
    mode.instantiated_default_mode = mode.Mode(theano.config.linker, "fast_compile")
    try:
        yield
    finally:
        mode.instantiated_default_mode = usual
