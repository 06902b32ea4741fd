"""Runs one contender: a workload written by hand in a library's own idiom, or in Keras. Python 3.6 syntax.

usage: python -I contender.py --request FILE --events-fd N

The same command line, events and result as harness/worker/__main__.py, whose runs it is compared with. The request is
that of harness/worker/protocol.py and, beside it:

    contender   folder and name of the module, e.g. native/theano: its <workload>.py has a class Contender; null: our
                own layer, as the worker runs it
    packages    folder of further packages (Keras), or null
    dropout     false: trains without, so that every step is determined

profile tuned applies our engine's settings of the process (threads, device, ...) first; stock leaves all as installed.
The result has no steps and no validation, so it keeps its epochs under `training`, which no verdict reads.
"""

import importlib
import importlib.util
import os
import runpy
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
WORKER = os.path.join(os.path.dirname(HERE), "harness", "worker", "__main__.py")


def contender_class(request):
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

    from harness.workloads.modeling.training import Model

    model = Model(workload, edition, np.random.RandomState(seed))
    starts = [weight.variable.operation.attributes["value"] for weight in model.weights]
    return [weight.layout.to_canonical(start) for weight, start in zip(model.weights, starts)]


def load(request, reporter):
    """The contender over its data, and the data."""
    from harness.backends import api as K
    from harness.backends.engines import registry
    from harness.worker.trainer import Data

    tuned = request["profile"] == "tuned"
    registry.use(request["backend"] if tuned else "numpy", request["device"], request["threads"])
    made = contender_class(request)
    K.set_image_dim_ordering(made.layout)
    workload = importlib.import_module("harness.workloads." + request["workload"]).WORKLOAD
    edition = workload.editions[request["edition"]]
    reporter.begin("data")
    data = Data(workload, request["arrays"])
    weights = canonical_weights(workload, edition, request["seed"])
    reporter.begin("build")
    how = (edition.batch_size, request["dropout"], request["threads"], request["seed"] + 2)
    return made(weights, data.train[0], data.train[1], *how), data, edition.batch_size


def warm(contender, samples, batch_size):
    """Trains on a batch of every size twice; the steady cost of that, as Trainer.warm tells it."""
    from harness.worker.trainer import one_of_each

    steady_s = 0.0
    for picked in one_of_each(samples, batch_size):
        took_s = []
        for _ in range(2):
            begin_s = time.monotonic()
            contender.epoch(picked)
            took_s.append(time.monotonic() - begin_s)
        steady_s += min(took_s) + took_s[1]
    return steady_s


def epoch(contender, order, index, warmup, reporter):
    """Trains once over the samples in `order`; what protocol.EPOCH tells of training."""
    begin_s = reporter.begin("warmup" if warmup else "epoch", index)
    loss, accuracy = contender.epoch(order)
    took_s = time.monotonic() - begin_s
    losses = {"loss": float(loss), "accuracy": float(accuracy)}
    return dict(losses, index=index, warmup=warmup, train_s=took_s, total_s=took_s)


def run(request, reporter):
    """Executes a request; the result, less its phases."""
    from harness.worker import interleaving
    from harness.worker.run import run as run_ours

    if request["turns"]:
        interleaving.join(reporter, request["turns"])
    return (run_contender if request["contender"] else run_ours)(request, reporter)


def run_contender(request, reporter):
    """As the worker's run, of a contender."""
    import numpy as np

    from harness.worker import protocol
    from harness.worker.metrics import summary
    from harness.worker.run import peak_resident_bytes

    contender, data, batch_size = load(request, reporter)
    samples = data.samples["train"]
    reporter.begin("compile")
    steady_s = warm(contender, samples, batch_size)
    reporter.end(time.monotonic())
    rng = np.random.RandomState(request["seed"] + 1)
    warmups, timed = request["warmup_epochs"], request["epochs"]
    training = [
        epoch(contender, rng.permutation(samples), index, index < warmups, reporter) for index in range(warmups + timed)
    ]
    reporter.begin("done")
    return dict(
        dict.fromkeys(protocol.RESULT),
        parity={},
        epochs=[],
        training=training,
        compile_s=reporter.seconds("build") + reporter.seconds("compile") - steady_s,
        samples=data.samples,
        max_rss_bytes=peak_resident_bytes(),
        **summary(training, samples),
    )


if __name__ == "__main__":
    sys.exit(runpy.run_path(WORKER)["main"](sys.argv[1:], run))
