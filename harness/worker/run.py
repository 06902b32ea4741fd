"""One run: a request through its phases to a result."""

import ctypes
import importlib
import tempfile
import time

import numpy as np

from harness.backends import api as K
from harness.backends.engines import registry
from harness.worker import inference, parity, reference
from harness.worker.metrics import summary
from harness.worker.trainer import Data, Trainer
from harness.workloads.modeling.training import Model, per_sample


def peak_resident_bytes():
    """The most memory that this process has held at once.

    Linux's VmHWM: getrusage also counts what the process that forked this one held at that moment.
    """
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def forget_peak():
    """Lets peak_resident_bytes count from now on, where the kernel allows it, without memory that is free already."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # glibc keeps what was freed
        libc.malloc_trim(0)
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


# Steps after the epochs, by which a step is divided into the harness's part and the engine's: about so many seconds.
STEP_COSTS_S, FEWEST_STEPS = 0.1, 2


class Snapshot(object):
    """The state of a model, kept in a file: in memory it would be counted as memory of training."""

    def __init__(self, model):
        self.model, self.file = model, tempfile.TemporaryFile()
        for variable in model.state:
            np.save(self.file, K.get_value(variable))

    def restore(self):
        """Gives the model its state back."""
        self.file.seek(0)
        for variable in self.model.state:
            K.set_value(variable, np.load(self.file))


def start_engine(request):
    """Loads the backend and brings K's settings in line with it and the request."""
    engine = registry.use(request["backend"], request["device"], request["threads"])
    K.set_floatx(request["floatx"])
    K.set_image_dim_ordering(engine.dim_ordering)
    return engine


def declared(request):
    """(Workload, Edition) that a request names, in batches as large as it wants them."""
    workload = importlib.import_module("harness.workloads." + request["workload"]).WORKLOAD
    edition = workload.editions[request["edition"]]
    return workload, edition._replace(batch_size=request.get("batch_size") or edition.batch_size)


def load(request, reporter):
    """Engine and trainer that a request describes; nothing is compiled yet."""
    engine = start_engine(request)
    workload, edition = declared(request)
    reporter.begin("data")
    data = Data(workload, request["arrays"])
    reporter.begin("build")
    weights, dropout, order = (np.random.RandomState(request[name]) for name in ("seed", "draws", "draws"))
    model = Model(workload, edition, weights, dropout)
    return engine, Trainer(model, data, edition.batch_size, order, reporter)


def make_reference(trainer, reporter):
    """The result of a run that is there for its first steps alone."""
    reporter.begin("compile")
    trainer.compile()
    reporter.begin("parity")
    made = reference.make(trainer)
    reporter.begin("done")
    return {"parity": made}


def prove(trainer, snapshot, places, reporter):
    """The parity report (protocol.PARITY) of a trainer, which is put back into its first state.

    One place of the reference is enough: where rounding has met a kink, another place shows that it was no mistake.

    Raises
    ------
    NotEqual    the first steps are the reference's at none of its places
    """
    model, reports = trainer.model, []
    for place in places:
        snapshot.restore()
        reports.append(parity.compare(trainer.first_steps(place["offset"]), place, model.tolerance))
        if parity.equal(reports[-1]):
            break
    report = dict(reports[-1], places=len(reports))
    reporter.send("parity", parity=report)
    parity.check(report)
    snapshot.restore()
    return report


def infer(trainer, snapshot, request, reporter):
    """What inference.py measures, from the first weights; None if it is not asked for."""
    if not request["inference"]:
        return None
    snapshot.restore()
    return inference.measure(trainer, request["reference"]["outputs"], reporter)


def run(request, reporter):
    """Executes a request (protocol.REQUEST); the result (protocol.RESULT) without its phases."""
    engine, trainer = load(request, reporter)
    if request["reference"] is None:
        engine.evaluate_plainly()
        return make_reference(trainer, reporter)
    reporter.begin("compile")
    trainer.compile()
    snapshot = Snapshot(trainer.model)
    steady_s = trainer.warm()
    before = peak_resident_bytes()
    reporter.begin("parity")
    proof = prove(trainer, snapshot, request["reference"]["places"], reporter)
    forget_peak()  # the proof holds every weight in float64, several times: that is no part of training
    reporter.end(time.monotonic())
    planned = [request[key] for key in ("warmup_epochs", "epochs", "extra_warmup_epochs")]
    epochs, steadiness = trainer.epochs(*planned)
    peak = max(before, peak_resident_bytes())
    settings = engine.settings()  # of what was trained
    inferred = infer(trainer, snapshot, request, reporter)
    reporter.begin("done")
    steps = max(FEWEST_STEPS, int(STEP_COSTS_S / np.median(epochs[-1]["step_s"])))
    return dict(
        summary(epochs, trainer.data.samples["train"]),
        build_s=reporter.seconds("build"),
        compile_s=reporter.seconds("build") + reporter.seconds("compile") - steady_s,
        parity=proof,
        versions=engine.versions(),
        settings=settings,
        batch_size=trainer.batch_size,
        parameters=trainer.model.parameters,
        samples=trainer.data.samples,
        flops=per_sample(*declared(request)),
        epochs=epochs,
        steadiness=steadiness,
        inference=inferred,
        max_rss_bytes=peak,
        **trainer.step_costs(steps),
    )
