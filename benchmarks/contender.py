"""Runs one contender: a workload written by hand in a library's own idiom, or in Keras. Python 3.6 syntax.

usage: python -I contender.py --request FILE --events-fd N

The same command line, events and result as harness/worker/__main__.py, whose runs it is compared with. The request is
that of harness/worker/protocol.py and, beside it:

    contender   folder and name of the module, e.g. native/theano: its <workload>.py has a class Contender
    packages    folder of further packages (Keras), or null
    dropout     false: trains without, so that every step is determined

profile tuned applies our engine's settings of the process (threads, device, ...) first; stock leaves all as installed.
"""

import argparse
import importlib.util
import json
import os
import runpy
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))


def parse(arguments):
    """The command line, as a worker's."""
    parser = argparse.ArgumentParser(prog="contender", description="Runs one contender once.")
    parser.add_argument("--request", required=True)
    parser.add_argument("--events-fd", type=int, required=True)
    return parser.parse_args(arguments)


def load(request):
    """The class Contender that the request names."""
    path = os.path.join(HERE, request["contender"], request["workload"] + ".py")
    sys.path.insert(0, os.path.dirname(path))
    if request["packages"]:
        sys.path.insert(1, request["packages"])
    spec = importlib.util.spec_from_file_location("contender_" + request["workload"], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Contender


def canonical_weights(workload, edition, seed):
    """The weights that our own model starts from, in their canonical layout."""
    import numpy as np

    from harness.workloads.training import Model

    model = Model(workload, edition, np.random.RandomState(seed))
    return [weight.to_canonical(weight.variable.operation.attributes["value"]) for weight in model.weights]


def run(request, reporter):
    """Executes a request; the result, less its phases."""
    import numpy as np

    from harness.backends import active
    from harness.backends import api as K
    from harness.worker.metrics import summary
    from harness.worker.run import peak_resident_bytes
    from harness.worker.trainer import Data, one_of_each

    tuned = request["profile"] == "tuned"
    active.use(request["backend"] if tuned else "numpy", request["device"], request["threads"])
    contender_class = load(request)
    K.set_image_dim_ordering(contender_class.layout)
    workload = importlib.import_module("harness.workloads." + request["workload"]).WORKLOAD
    edition = workload.editions[request["edition"]]
    reporter.begin("data")
    data = Data(workload, request["arrays"])
    weights = canonical_weights(workload, edition, request["seed"])
    reporter.begin("build")
    x, y = data.train
    contender = contender_class(
        weights, x, y, edition.batch_size, request["dropout"], request["threads"], request["seed"] + 2
    )
    reporter.begin("compile")
    steady_s = 0.0
    for picked in one_of_each(len(x), edition.batch_size):
        contender.epoch(picked)
        begin_s = time.monotonic()
        contender.epoch(picked)
        steady_s += 2 * (time.monotonic() - begin_s)
    reporter.end(time.monotonic())
    compile_s = reporter.seconds("build") + reporter.seconds("compile") - steady_s
    rng = np.random.RandomState(request["seed"] + 1)
    epochs = []
    warmups = request["warmup_epochs"]
    for index in range(warmups + request["epochs"]):
        begin_s = reporter.begin("warmup" if index < warmups else "epoch", index)
        loss, accuracy = contender.epoch(rng.permutation(len(x)))
        end_s = time.monotonic()
        epochs.append(
            {
                "index": index,
                "warmup": index < warmups,
                "train_s": end_s - begin_s,
                "total_s": end_s - begin_s,
                "loss": float(loss),
                "accuracy": float(accuracy),
            }
        )
    reporter.begin("done")
    return dict(
        summary(epochs, len(x)),
        compile_s=compile_s,
        epochs=epochs,
        samples=data.samples,
        max_rss_bytes=peak_resident_bytes(),
    )


def main(arguments):
    """Runs the request; the exit code."""
    began_s = time.monotonic()
    options = parse(arguments)
    worker = os.path.join(os.path.dirname(HERE), "harness", "worker")
    runpy.run_path(os.path.join(worker, "bootstrap.py"))["install"]()
    from harness.worker.phases import Reporter

    reporter = Reporter(os.fdopen(options.events_fd, "w", buffering=1))
    try:
        reporter.hello(began_s)
        reporter.begin("import", at_s=began_s)
        with open(options.request) as file:
            request = json.load(file)
        reporter.result(run(request, reporter))
    except Exception as error:
        reporter.error(type(error).__name__, str(error), traceback.format_exc())
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
