"""Runs the conformance cases on one backend, inside its environment, and writes down what they gave.

`python -I harness/worker/conformance.py --backend NAME --output FILE.npz` writes one array for each result, named
"<case>|<level>/<label>", and `report`: JSON with the versions, the settings, the public functions of K and, for each
case, the operations of its graphs, the functions of K that it calls and the traceback, null if it ran. A case that
fails never stops the others: the exit code is 0 once all ran.
"""

import argparse
import fnmatch
import json
import os
import runpy
import sys
import traceback

import numpy as np


def parse(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(prog="harness.worker.conformance", description=__doc__.splitlines()[0])
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
        from harness.backends import api, primitives
        from harness.worker.recording import Recording

        self.K, self.P, self.api = Recording(api), primitives, api
        self.options = options
        self.operations = set()
        self.engine = None
        self.restart()

    def restart(self):
        """Puts a fresh engine in use."""
        from harness.backends import active

        options = self.options
        self.engine = active.use(options.backend, options.device, options.threads)
        self.api.set_floatx(options.floatx)
        self.api.set_image_dim_ordering(self.engine.dim_ordering)

    def function(self, inputs, outputs, updates=()):
        """K.function, its operations noted."""
        note_operations(list(outputs) + [new for _, new in updates], self.operations)
        return self.K.function(inputs, outputs, list(updates))

    def compile(self, inputs, outputs):
        """The same for a form of cases: the case has not called K.function."""
        note_operations(outputs, self.operations)
        return self.api.function(inputs, outputs)

    def evaluate(self, inputs, outputs, arrays):
        """The outputs' arrays as the numpy engine computes them, whatever engine is in use."""
        from harness.backends.numpy_engine import NumpyEngine

        engine = NumpyEngine()
        engine.first_value = engine.value_to_come  # which the engine in use is to have
        return engine.function(inputs, outputs, [])(arrays)


def note_operations(tensors, names):
    """Adds to `names` those of all operations that `tensors` need, bodies of scans included."""
    from harness.backends.graph import everything, schedule

    for operation in schedule(tensors, everything):
        names.add(operation.name)
        if operation.name == "scan":
            body = operation.attributes["body"]
            note_operations(body.outputs + body.new_states, names)


def results_of(case, bench, numeric):
    """(results of a case, its line of the report)."""
    bench.operations, bench.K.called = set(), set()
    error, results = None, {}
    try:
        results = case.numeric_gradients(bench) if numeric else case.run(bench)
    except Exception:
        error = traceback.format_exc()
    return results, {"error": error, "operations": sorted(bench.operations), "functions": sorted(bench.K.called)}


def run(options):
    """Runs the cases; the arrays to store."""
    from harness.worker.conformance_cases import all_cases
    from harness.worker.recording import public_functions

    bench = Bench(options)
    arrays, lines = {}, {}
    for case in all_cases():
        differentiable = case.smooth and case.wrt
        chosen = any(fnmatch.fnmatch(case.name, pattern) for pattern in options.only.split(","))
        if chosen and (differentiable or not options.numeric_gradients):
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
    runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bootstrap.py"))["install"]()
    np.savez(options.output, **run(options))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
