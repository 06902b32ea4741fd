"""Runs a contender over given samples in its library's environment. Python 3.6 syntax.

usage: python -I driven_contender.py --request FILE --events-fd N

The request is that of benchmarks/contender.py and, beside it:

    batch_size   in place of the edition's
    calls        list of [begin, end]: the samples of each call of the contender's epoch
    planted      globals of the contender's module that are set to other values: a mistake
    trained      .npz file that gets the trained weights

The result has the `losses` of the calls.
"""

import importlib
import os
import runpy
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTENDER = runpy.run_path(os.path.join(ROOT, "benchmarks", "contender.py"))


def globals_of(contender):
    """Those of the module that the contender's own class is written in."""
    return next(each.__globals__ for each in vars(type(contender)).values() if hasattr(each, "__globals__"))


def run(request, reporter):
    """Executes a request; the result."""
    import numpy as np

    from harness.worker import protocol

    editions = importlib.import_module("harness.workloads." + request["workload"]).WORKLOAD.editions
    name = request["edition"]
    editions[name] = editions[name]._replace(batch_size=request["batch_size"])
    contender, _, _ = CONTENDER["load"](request, reporter)
    globals_of(contender).update(request["planted"])
    reporter.begin("compile")
    losses = [float(contender.epoch(np.arange(*call))[0]) for call in request["calls"]]
    np.savez(request["trained"], *contender.weights())
    reporter.begin("done")
    return dict(dict.fromkeys(protocol.RESULT), parity={}, epochs=[], losses=losses)


if __name__ == "__main__":
    sys.exit(runpy.run_path(CONTENDER["WORKER"])["main"](sys.argv[1:], run))
