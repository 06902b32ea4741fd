"""Threads that call one function, functions of one variable, read and set values, and build graphs of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from harness.worker.conformance.forms import Program

THREADS, CALLS = 4, 25


def together(*works):
    """Runs functions on a thread each, at once; what one of them raises is raised here."""
    ready = threading.Barrier(len(works))
    with ThreadPoolExecutor(len(works)) as pool:
        begun = [pool.submit(lambda work=work: (ready.wait(), work())) for work in works]
    for each in begun:
        each.result()


def one_function(bench):
    """Every call has its own result, and an update of its own: no number is counted twice, none left out."""
    K, right, counted = bench.K, [], []
    x, count, matrix = K.placeholder((None, 3)), K.variable(0.0), K.variable(np.eye(3) * 2.0)
    function = bench.function([x], [K.dot(x, matrix), count + 0.0], [(count, count + 1.0)])

    def work(number):
        for call in range(CALLS):
            array = np.full((1 + call % 3, 3), 100 * number + call)
            result, before = function([array])
            right.append(np.array_equal(result, 2 * array))
            counted.append(float(before))

    together(*[lambda number=number: work(number) for number in range(THREADS)])
    return {"value/right": np.array(right), "value/counted": np.sort(counted), "update/count": K.get_value(count)}


def of_one_variable(bench):
    """Functions that change one variable, while others read and set another: all changes, and none by halves."""
    K, whole = bench.K, []
    total, table = K.variable(0.0), K.variable(np.zeros((20, 20)))
    up = bench.function([], [total * 1.0], [(total, total + 3.0)])
    down = bench.function([], [total * 1.0], [(total, total - 1.0)])
    shift = bench.function([], [K.sum(table)], [(table, table + 1.0)])

    def read():
        for _ in range(CALLS):
            array = K.get_value(table)
            whole.append(array.min() == array.max())

    def write():
        for number in range(CALLS):
            K.set_value(table, np.full((20, 20), number))

    def call(function):
        for _ in range(CALLS):
            function([])

    together(read, write, lambda: call(up), lambda: call(down), lambda: call(up), lambda: call(shift))
    return {"value/whole": np.array(whole), "update/total": K.get_value(total)}


def of_graphs(bench):
    """Each thread builds, differentiates, compiles and trains its own."""
    found = {}

    def work(number):
        K = bench.api
        x, w = K.placeholder((None, 4)), K.variable(np.full((4, 2), number + 1.0))
        loss = K.sum(K.square(K.dot(x, w)))
        gradient = K.gradients(loss, [w])[0]
        function = K.function([x], [loss, gradient], [K.update_sub(w, 0.01 * gradient)])
        found[number] = [function([np.ones((2, 4))]) for _ in range(2)] + [[K.get_uid("of_threads")]]

    together(*[lambda number=number: work(number) for number in range(THREADS)])
    return {
        "value/losses": np.array([[float(loss) for loss, _ in found[number][:2]] for number in range(THREADS)]),
        "gradient/gradients": np.array([[gradient for _, gradient in found[number][:2]] for number in range(THREADS)]),
        "value/uids": np.sort([found[number][2][0] for number in range(THREADS)]),
    }


CASES = [
    Program("threads-one_function", one_function),
    Program("threads-of_one_variable", of_one_variable),
    Program("threads-of_graphs", of_graphs),
]
