"""Makes a workload's first steps at places in the data, or says how far a backend's lie from them. Python 3.6 syntax.

usage: python -I worker.py --request FILE --events-fd N

The same command line and events as harness/worker/__main__.py. The request is that of harness/worker/protocol.py and:

    places   how many places a reference is made at
    steady   true: at the first ones that are good enough, as for runs; false: at the very first ones

A request with a reference is answered by `places`: for each place `offset`, `deviations`, and `steady`, whether a
disturbance as large as float32's rounding changes no figure there by more than its tolerance.
"""

import os
import runpy
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORKER = os.path.join(ROOT, "harness", "worker", "__main__.py")


def run(request, reporter):
    """Executes a request; the result."""
    from harness.worker import parity, reference
    from harness.worker.run import load, make_reference

    _, trainer = load(request, reporter)
    if request["reference"] is not None:
        return compared(trainer, request["reference"]["places"], reporter)
    reference.PLACES = request["places"]
    if not request["steady"]:
        trainer.model.tolerance = dict.fromkeys(parity.FIGURES, float("inf"))
    return make_reference(trainer, reporter)


def compared(trainer, places, reporter):
    """The result on all places of a reference."""
    from harness.backends import api as K

    reporter.begin("compile")
    trainer.compile()
    state = K.batch_get_value(trainer.model.state)
    reporter.begin("parity")
    found = [report(trainer, state, place) for place in places]
    reporter.begin("done")
    return {"places": found, "tolerance": trainer.model.tolerance}


def report(trainer, state, place):
    """That on one place."""
    from harness.backends import api as K
    from harness.worker import parity

    K.batch_set_value(list(zip(trainer.model.state, state)))
    made = parity.compare(trainer.first_steps(place["offset"]), place, trainer.model.tolerance)
    steady = parity.excess(place["sensitivity"], trainer.model.tolerance)[1] <= 1.0
    return {"offset": place["offset"], "deviations": made["deviations"], "steady": steady}


if __name__ == "__main__":
    sys.exit(runpy.run_path(WORKER)["main"](sys.argv[1:], run))
