"""What the orchestrator and a worker say to each other: request, events, phases, result fields and units.

The one module besides the conformance cases that both sides import; Python 3.6 syntax, standard library only.

A worker is started as `python -I harness/worker/__main__.py --request FILE --events-fd N`. It reads one JSON
request and writes events, one JSON object a line, to the inherited file descriptor N; stdout and stderr belong to
the libraries. Every event carries `event` (one of EVENTS) and `t_s` (CLOCK_MONOTONIC, seconds). The exit code is 0
once a `result` event has been written, 1 after an `error` event.
"""

import json
import math

# History of SCHEMA, newest first.
# 4: phase, request, result and reference `inference`; request `extra_warmup_epochs`; result `steadiness`,
#    `harness_step_s`, `engine_call_s`.
# 3: result `flops`.
# 2: phase, event and result `parity`; request `reference`.
# 1: first version.
SCHEMA = 4
# Workers of older revisions are measured beside today's: they ignore what a request has more, and lack keys of RESULT.
OLDEST_SCHEMA = 3

# Named, timed parts of a run, in order. `epoch` and `validation` recur, with their number in `index`.
PHASES = ("import", "data", "build", "compile", "parity", "warmup", "epoch", "validation", "inference", "done")

EVENTS = {
    "hello": "first event: `schema`, `pid`, `python` (version)",
    "phase": "`phase` begins; `index` for epoch and validation, else null; ends where the next phase event begins it",
    "waiting": "until the next epoch may begin, see request `turns`; the next event ends it",
    "progress": "inside a phase: `phase`, `index`, `step` of `steps` finished",
    "parity": "the first steps are compared: `parity` (see PARITY); a run that is not equal goes no further",
    "result": "last event of a run that ended well: `result` (see RESULT)",
    "error": "last event of a run that did not: `phase`, `kind` (exception class), `message`, `traceback`",
}

# The request, field by field.
REQUEST = {
    "schema": "SCHEMA of the side that wrote it",
    "backend": "engine to load: harness/backends/engines/<backend>/engine.py",
    "workload": "module to run: harness/workloads/<workload>.py",
    "edition": "year of the hyper-parameters, e.g. 2015-12",
    "device": "cpu, gpu or gpu:N",
    "threads": "int: threads each library may use",
    "profile": "stock or tuned",
    "floatx": "float32 or float64",
    "seed": "int: draws the weights",
    "draws": "int: draws batch order and dropout, for each round another, so that rounds show how learning varies",
    "epochs": "int: timed epochs",
    "warmup_epochs": "int: epochs trained before the timed ones, reported separately",
    "extra_warmup_epochs": "int: so many more at most, where the pace is not steady (harness/worker/steadiness.py)",
    "inference": "bool: whether the forward function is measured, after the epochs (harness/worker/inference.py)",
    "reference": "REFERENCE; null: make it, and nothing else",
    "turns": "path of a Unix socket that says when an epoch may begin (harness/worker/phases.py); null: at once",
    "arrays": "object: x_train, y_train, x_test, y_test -> path of a .npy file to map (labels are integers); without "
    "the last two nothing is validated",
    "batch_size": "int: samples of a batch; absent: that of the edition",
}

# The result, field by field; units are in the names.
RESULT = {
    "versions": "object: python, numpy, the framework and whatever else computes (compiler, ...)",
    "settings": "object: what is in force: dtype, image_layout, device, threads, `thread_pools` (list of THREAD_POOL), "
    "`blas` (BLAS or null), flags, cache",
    "batch_size": "int",
    "parameters": "int: trainable weights",
    "samples": "object: train, test -> int, per epoch",
    "phases": "list of {phase, index, begin_s, end_s}: CLOCK_MONOTONIC",
    "parity": "see PARITY; where the request had no reference, it is REFERENCE, and the result has nothing else",
    "build_s": "model, weights, gradient graph",
    "compile_s": "build + compile - the steady cost of the steps that the compile phase ran (each shape runs twice)",
    "first_epoch_s": "first training epoch of all, warm-up included, null if none",
    "epochs": "list of EPOCH, warm-ups first",
    "epoch_s": "median steady (not warm-up) training epoch",
    "epoch_2015_s": "median of training + validation + per-epoch overhead, as timed in 2015",
    "samples_per_s": "training samples / epoch_s",
    "steadiness": "see STEADINESS",
    "harness_step_s": "median over some further steps: what of a step is not the call of the compiled function",
    "engine_call_s": "median over the same steps: that call",
    "inference": "see INFERENCE; null: not asked for",
    "flops": "see FLOPS; null: the graph cannot be counted",
    "max_rss_bytes": "the most memory that the worker process itself held at once, outside the parity phase",
}

# Keys of RESULT that workers from OLDEST_SCHEMA on have.
RESULT_KEYS = tuple(key for key in RESULT if key not in ("steadiness", "harness_step_s", "engine_call_s", "inference"))

# Floating-point operations of a sample, its share of a whole batch's; see harness/backends/graph/flop_count.py.
FLOPS = {"train_per_sample": "float: forward, backward and update", "evaluation_per_sample": "float: forward"}

# What harness/worker/peak.py measures; its result has it as `peak`, with `versions` and `settings`. Each figure is the
# best of several calls, which met nobody else on the machine.
PEAK = {
    "dtype": "str: of all numbers",
    "gemm_flops_per_s": "float: of products of square matrices, a multiplication and an addition two operations",
    "gemm_median_flops_per_s": "float: the median call's",
    "gemm_rows": "int: of these matrices",
    "gemm_call_s": "list: seconds of each call",
    "bandwidth_bytes_per_s": "float: read by products of a matrix with vectors",
    "bandwidth_median_bytes_per_s": "float: the median call's",
    "bandwidth_rows": "int: of this matrix, which is square",
    "bandwidth_call_s": "list: seconds of each call",
}

# Element `blas` of RESULT's settings: what computes the products; null: cannot be told. See
# harness/backends/engines/introspection/blas.py.
BLAS = {
    "library": "OpenBLAS, Intel MKL, oneDNN, else the file's name",
    "version": "of the library",
    "threads": "int",
    "kernels": "as the library calls them, e.g. Haswell, avx2",
    "instruction_set": "of these kernels: sse, avx, avx2 or avx512",
    "offered": "the widest of these that the processor has",
}

# One element of `thread_pools` of RESULT's settings: threads that share out one operation; see
# harness/backends/engines/introspection/thread_pools.py.
THREAD_POOL = {
    "pool": "OpenBLAS, Intel MKL, BLIS, OpenMP, or the framework's own",
    "file": "of the library that keeps it, null if the framework does",
    "threads": "int, as it answers itself; null: cannot be told",
}

# Whether the timed epochs kept one pace; see harness/worker/steadiness.py.
STEADINESS = {
    "steady": "bool; null: too few steps to tell",
    "extra_warmup_epochs": "int: epochs that were added, so that as many more of the first ones count as warm-up",
    "steps": "int: timed steps of a whole batch that were looked at",
    "change_at": "float: the share of these steps before the likeliest change of pace; null: too few",
    "ratio": "float: median step after that change / before it; null: too few",
    "p": "float: how often steps in random order differ as clearly; null: too few",
}

# The forward function, compiled by itself and called at batch 1 and at the workload's batch size, from the first
# weights; see harness/worker/inference.py. Every call ends when the result is a NumPy array.
INFERENCE = {
    "compile_s": "until both batch sizes have been called, less the steady cost of these calls",
    "batch_size": "int: of the larger one",
    "latency_call_s": "list: seconds of each call with one sample",
    "batch_call_s": "list: seconds of each call with a batch",
    "deviation": "float: largest difference of an output from the reference's, relative to the largest output",
    "tolerance": "float: the deviation that float32 explains",
}

# What a run without a reference makes; see harness/worker/reference.py.
REFERENCE = {
    "places": "list of PLACE: one is enough for a run to prove itself",
    "outputs": "list: of the forward function, from the first weights, for the first batch of training samples",
}

# One element of REFERENCE's places.
PLACE = {
    "offset": "int: index of the first sample of the first step",
    "steps": "as PARITY's, of NumPy in float64",
    "sensitivity": "object: figure -> the largest relative change under disturbances as large as float32's rounding",
}

# How the first training steps, without dropout, compare with the reference's; see harness/worker/parity.py.
PARITY = {
    "places": "int: places of the reference that were tried; the last one is reported",
    "offset": "int: index of the first sample of the first step",
    "steps": "list: loss, gradient_norms, weight_norms and change_norms of each step",
    "deviations": "object: figure -> the largest relative deviation from the reference; null: one was no number",
    "tolerance": "object: figure -> the deviation that float32 explains",
}

# One element of RESULT's epochs.
EPOCH = {
    "index": "int, counted over warm-up and timed epochs",
    "warmup": "bool",
    "train_s": "shuffle, slicing and steps",
    "validation_s": "pass over the test data",
    "total_s": "begin of the epoch until the end of its validation",
    "step_s": "list: every training step, slicing included",
    "validation_step_s": "list: every evaluation step, slicing included",
    "loss": "mean over the epoch's training samples, nats",
    "accuracy": "fraction of the epoch's training samples",
    "val_loss": "mean over the test samples, nats",
    "val_accuracy": "fraction of the test samples",
}


def encode(message):
    """One line of JSON. NaN and infinity become null, which is what JSON has for a missing number."""
    return json.dumps(finite(message), allow_nan=False, sort_keys=True) + "\n"


def finite(value):
    """A copy of a JSON value with every non-finite float replaced by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def decode(line):
    """The message of one line.

    Raises
    ------
    ValueError    the line is not a JSON object
    """
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("event is not a JSON object. Expected an object. Received %.80r." % (line,))
    return message
