"""Runs the conformance cases on one backend, inside its environment: arrays to a file, all else in the result.

Started as harness/worker/__main__.py is. The request has `schema`, `backend`, `device`, `threads` and `floatx` as
protocol.py says, and

    inputs              float type of the inputs of expressions; null: floatx
    only                patterns of case names, e.g. "images-*,draws-*"
    numeric_gradients   whether gradients are by finite differences instead
    plain               whether graphs are computed as they are written, as the reference's are
    output              file to write, .npz: an array for each result, named "<case>|<level>/<label>"

The result has `versions`, `settings`, the public `functions` of K and `cases`, in their order: of each its name, the
names of its graphs' operations and how many those are, the functions of K that it calls and the traceback, null if it
ran. A case that fails never stops the others. Before each a progress event says its name in `case`.
"""

import fnmatch
import functools
import itertools
import os
import runpy
import sys
import traceback

import numpy as np

WORKER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "__main__.py")


def public_functions(module):
    """Names of a module's public functions, sorted; its classes and submodules are none."""
    return sorted(
        name
        for name, value in vars(module).items()
        if callable(value) and not isinstance(value, type) and not name.startswith("_")
    )


class Recording(object):
    """Has all that `module` has; a call of a public function adds its name to `called`.

    What the functions call among themselves is not noted: they know nothing of this view.
    """

    def __init__(self, module):
        self.module, self.called = module, set()
        for name in public_functions(module):
            setattr(self, name, self.noting(name, getattr(module, name)))

    def __getattr__(self, name):
        return getattr(self.module, name)

    def noting(self, name, function):
        """The function, its calls noted under the name."""

        @functools.wraps(function)
        def noted(*arguments, **named):
            self.called.add(name)
            return function(*arguments, **named)

        return noted


class Bench(object):
    """What a case works with: K, the primitives (P), and functions whose operations are noted.

    `K` notes what a case calls; what the forms of cases call themselves they take from `api`, which is K as it is.
    """

    def __init__(self, request):
        from harness.backends import api
        from harness.backends.graph import primitives

        self.K, self.P, self.api = Recording(api), primitives, api
        self.request = request
        self.operations, self.size = set(), 0
        self.engine = None
        self.restart()

    def restart(self):
        """Puts a fresh engine in use."""
        from harness.worker.run import start_engine

        self.engine = start_engine(self.request)
        if self.request["plain"]:
            self.engine.evaluate_plainly()

    def function(self, inputs, outputs, updates=()):
        """K.function, its operations noted."""
        self.note(list(outputs) + [new for _, new in updates])
        return self.K.function(inputs, outputs, list(updates))

    def compile(self, inputs, outputs):
        """The same for a form of cases: the case has not called K.function."""
        self.note(outputs)
        return self.api.function(inputs, outputs)

    def note(self, tensors):
        """Adds all operations that `tensors` need, bodies of scans included, to those of the case."""
        from harness.backends.graph.traversal import everything, schedule

        for operation in schedule(tensors, everything):
            self.operations.add(operation.name)
            self.size += 1
            if operation.name == "scan":
                body = operation.attributes["body"]
                self.note(body.outputs + body.new_states)

    def evaluate(self, inputs, outputs, arrays):
        """The outputs' arrays as the reference computes them, whatever engine is in use."""
        from harness.backends.engines.numpy.engine import NumpyEngine

        engine = NumpyEngine()
        engine.evaluate_plainly()
        engine.keeps_values = True  # the engine in use is to have them
        return engine.function(inputs, outputs, [])(arrays)


def results_of(case, bench, numeric):
    """(results of a case, its line of the report)."""
    bench.operations, bench.size, bench.K.called = set(), 0, set()
    error, results = None, {}
    try:
        results = case.numeric_gradients(bench) if numeric else case.run(bench)
    except Exception:
        error = traceback.format_exc()
    line = {"operations": sorted(bench.operations), "size": bench.size, "functions": sorted(bench.K.called)}
    return results, dict(line, error=error)


def chosen(request):
    """The cases to run, in their order."""
    from harness.worker.conformance.case_list import all_cases

    cases = [case for case in all_cases() if case.smooth and case.wrt or not request["numeric_gradients"]]
    names = [case.name for case in cases]
    asked = {name for pattern in request["only"].split(",") for name in fnmatch.filter(names, pattern)}
    return [case for case in cases if case.name in asked]


def run(request, reporter):
    """Runs the cases and writes the file; the result.

    Each family has an engine of its own: TensorFlow copies all of a graph for every function that is added to it.
    """
    reporter.begin("parity")
    cases = chosen(request)
    arrays, lines = {}, []
    for _, family in itertools.groupby(cases, lambda case: case.name.split("-")[0]):
        bench = Bench(request)
        for case in family:
            # a library that crashes leaves the name of the case behind
            reporter.send("progress", phase="parity", step=len(lines), steps=len(cases), case=case.name)
            results, line = results_of(case, bench, request["numeric_gradients"])
            lines.append(dict(line, name=case.name))
            arrays.update({"%s|%s" % (case.name, label): np.asarray(array) for label, array in results.items()})
    np.savez(request["output"], **arrays)
    return {
        "cases": lines,
        "functions": public_functions(bench.api),
        "versions": bench.engine.versions(),
        "settings": bench.engine.settings(),
    }


if __name__ == "__main__":
    sys.exit(runpy.run_path(WORKER)["main"](sys.argv[1:], run))
