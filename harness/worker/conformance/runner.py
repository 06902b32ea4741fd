"""Runs the conformance cases on one backend, inside its environment, and writes down what they gave.

`python -I harness/worker/conformance/runner.py --backend NAME --output FILE.npz` writes one array for each result,
named "<case>|<level>/<label>", and `report`: JSON with the versions, the settings, the public functions of K and, for
each case, the names of its graphs' operations and how many those are, the functions of K that it calls and the
traceback, null if it ran. A case that fails never stops the others: the exit code is 0 once all ran.
"""

import argparse
import fnmatch
import itertools
import json
import os
import runpy
import sys
import traceback

import numpy as np


def parse(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(prog="harness.worker.conformance.runner", description=__doc__.splitlines()[0])
    parser.add_argument("--backend", required=True, help="engine module to load")
    parser.add_argument("--output", required=True, help="file to write, .npz")
    parser.add_argument("--device", default="cpu", help="cpu, gpu or gpu:N")
    parser.add_argument("--threads", type=int, default=None, help="threads that the library may use")
    parser.add_argument("--floatx", default="float32", help="float32 or float64")
    parser.add_argument("--inputs", default=None, help="float type of the inputs of expressions, if not --floatx")
    parser.add_argument("--only", default="*", help="patterns of case names, e.g. 'images-*,draws-*'")
    parser.add_argument("--numeric-gradients", action="store_true", help="gradients by finite differences instead")
    return parser.parse_args(arguments)


class Bench(object):
    """What a case works with: K, the primitives (P), and functions whose operations are noted.

    `K` notes what a case calls; what the forms of cases call themselves they take from `api`, which is K as it is.
    """

    def __init__(self, options):
        from harness.backends import api
        from harness.backends.graph import primitives
        from harness.worker.conformance.recording import Recording

        self.K, self.P, self.api = Recording(api), primitives, api
        self.options = options
        self.operations, self.size = set(), 0
        self.engine = None
        self.restart()

    def restart(self):
        """Puts a fresh engine in use."""
        from harness.backends.engines import registry

        options = self.options
        self.engine = registry.use(options.backend, options.device, options.threads)
        self.api.set_floatx(options.floatx)
        self.api.set_image_dim_ordering(self.engine.dim_ordering)

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
        """The outputs' arrays as the numpy engine computes them, whatever engine is in use."""
        from harness.backends.engines.numpy.engine import NumpyEngine

        engine = NumpyEngine()
        engine.first_value = engine.value_to_come  # which the engine in use is to have
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


def chosen(options):
    """The cases to run, in their order."""
    from harness.worker.conformance.case_list import all_cases

    cases = [case for case in all_cases() if case.smooth and case.wrt or not options.numeric_gradients]
    names = [case.name for case in cases]
    asked = {name for pattern in options.only.split(",") for name in fnmatch.filter(names, pattern)}
    return [case for case in cases if case.name in asked]


def run(options):
    """Runs the cases; the arrays to store.

    Each family has an engine of its own: TensorFlow copies all of a graph for every function that is added to it.
    """
    from harness.worker.conformance.recording import public_functions

    bench = Bench(options)
    arrays, lines = {}, {}
    for _, family in itertools.groupby(chosen(options), lambda case: case.name.split("-")[0]):
        bench.restart()
        for case in family:
            sys.stdout.write("case %s\n" % case.name)
            sys.stdout.flush()  # a library that crashes leaves the name of the case behind
            results, lines[case.name] = results_of(case, bench, options.numeric_gradients)
            arrays.update({"%s|%s" % (case.name, label): np.asarray(array) for label, array in results.items()})
    report = {
        "cases": lines,
        "functions": public_functions(bench.api),
        "versions": bench.engine.versions(),
        "settings": bench.engine.settings(),
    }
    arrays["report"] = np.array(json.dumps(report))
    return arrays


def main(arguments):
    """Runs the cases and writes the file; the exit code."""
    options = parse(arguments)
    runpy.run_path(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bootstrap.py"))[
        "install"
    ]()
    np.savez(options.output, **run(options))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
