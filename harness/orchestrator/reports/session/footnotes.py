"""What a reader must know to read a table: what an epoch was, on what it ran, with which settings."""

from __future__ import annotations

from collections import Counter
from statistics import median

from harness.orchestrator.analysis.comparability import identity_of
from harness.orchestrator.core.formatting import counted, gigabytes, percent, significant

COMPILATION = (
    "compilation: the time to build the model, its weights and gradients, and to compile until every batch shape has "
    "run once, minus the steady cost of those steps."
)
EPOCH = "runtime/epoch: training, validation and per-epoch overhead, as timed in 2015; the median of the timed epochs."

PARITY = (
    "deviation: the relative deviation of loss, gradient norms and weight norms over the first training steps, from "
    "equal weights and without dropout. A backend beyond the tolerance is wrong and is not timed."
)

PEAK_SHARE = (
    "share of the peak: the floating-point operations of training (forward pass, backward pass, update), counted in "
    "the workload's graph, per second of the steady training epoch, relative to those of products of large matrices; "
    "memory-bound workloads reach less."
)
NUMBER_BYTES = {"float32": 4, "float64": 8}


def shared_conditions(records: list[dict], with_batch_size: bool = False) -> str:
    """What all cells share, in one line; the batch size where several were measured."""
    case, side = records[0]["case"], records[0]["run"].get("side")
    threads = counted(case["threads"], "thread")
    changed = " ".join(records[0]["session"].get("sides", {}).get(side, []))
    beginning = f"Side {side}{f' ({changed})' if changed else ''}: " if side else ""
    profile = f"profile {case['profile']}, edition {case['edition']}"
    batch = f", batches of {identity_of(case)['batch_size']}" if with_batch_size else ""
    return f"{beginning}{case['device']}, {threads}{batch}, {profile}, {case['floatx']}"


def facts(records: list[dict], workloads: list[str]) -> list[str]:
    """The lines below a table."""
    lines = [COMPILATION, EPOCH, PARITY]
    lines += [line for workload in workloads for line in epoch_lines(records, workload)]
    lines += warm_up_lines(records)
    lines += cache_lines(records)
    lines += unproved_lines(records)
    lines += [line for workload in workloads for line in learning_lines(records, workload)]
    lines += distinct(machine_line(record["machine"]) for record in records if record.get("machine"))
    named = [record for record in records if record.get("machine") or len(records) == 1]
    lines += distinct(session_line(record, runs_per_case(records, record["session"].get("id"))) for record in named)
    lines += cost_lines(records)
    return lines


def distinct(lines) -> list[str]:
    """Each line once, in order."""
    return list(dict.fromkeys(lines))


def epoch_lines(records: list[dict], workload: str) -> list[str]:
    """What an epoch of a workload was."""
    of_workload = [record for record in records if record["case"]["workload"] == workload and record.get("data")]
    return distinct(epoch_line(record) for record in of_workload)


def epoch_line(record: dict) -> str:
    """Samples, data and number of epochs of one record."""
    data, case = record["data"], record["case"]
    short = data["train"] < data["full_train"] or data["test"] < data["full_test"]
    shortened = f", shortened from {data['full_train']:,} and {data['full_test']:,}" if short else ""
    timed = f"; {case['epochs']} timed after {case['warmup_epochs']} to warm up" if case["epochs"] is not None else ""
    source = data["description"] if data["name"] in data["description"] else f"{data['name']} ({data['description']})"
    return (
        f"An epoch of {case['workload']}: {data['train']:,} training and {data['test']:,} validation samples"
        f"{shortened}; data: {source}{timed}."
    )


def warm_up_lines(records: list[dict]) -> list[str]:
    """Which runs got more epochs to warm up than were configured, and how many."""
    added: dict[str, list[int]] = {}
    for record in records:
        extra = (record.get("steadiness") or {}).get("extra_warmup_epochs")
        if extra:
            case = record["case"]
            added.setdefault(f"{case['backend']} {case['workload']}", []).append(extra)
    cases = [f"{name} {'–'.join(map(str, sorted({min(extra), max(extra)})))}" for name, extra in added.items()]
    return [f"Epochs added to warm up, as the pace was still rising: {', '.join(cases)}."] if cases else []


def cache_lines(records: list[dict]) -> list[str]:
    """Whether compilations found compiled code of an earlier run."""
    found: dict[tuple[str, str], list[str]] = {}
    for record in records:
        state = record["case"].get("compile_cache")
        if state and record["status"] == "ok":
            found.setdefault((record["case"]["backend"], state), []).append(record["case"]["workload"])
    return [
        f"Compile cache of {backend}: {state} for {', '.join(dict.fromkeys(workloads))}."
        for (backend, state), workloads in found.items()
    ]


def unproved_lines(records: list[dict]) -> list[str]:
    """Which figures come from runs that were not compared with the reference."""
    bare = [record["case"] for record in records if record["status"] == "ok" and record["parity"] is None]
    names = distinct(f"{case['backend']} {case['workload']}" for case in bare)
    return [f"Not compared with the reference: {', '.join(names)}."] if names else []


def learning_lines(records: list[dict], workload: str) -> list[str]:
    """Whether the backends reach the same accuracy: whether their medians differ less than the rounds of a backend do.

    Rounds start from the same weights and draw another sample order and other dropout. The spread of a backend's rounds
    is the median over backends: a single diverged run would excuse any difference.
    """
    found: dict[str, list[float]] = {}
    for record in records:
        accuracy = record["metrics"].get("val_accuracy") if record["status"] == "ok" else None
        if record["case"]["workload"] == workload and accuracy is not None:
            found.setdefault(record["case"]["backend"], []).append(accuracy)
    if len(found) < 2 or min(map(len, found.values())) < 2:
        return []
    middles = [median(values) for values in found.values()]
    between = max(middles) - min(middles)
    within = median(max(values) - min(values) for values in found.values())
    agree = "agree" if between <= within else "disagree"
    return [
        f"Accuracies of {workload} {agree}: medians differ by {percent(between)} between backends; the rounds of one "
        f"backend, which draw other sample orders and dropout, differ by {percent(within)}."
    ]


def machine_line(machine: dict) -> str:
    """The machine in one line."""
    return (
        f"Machine {machine['name']}: {machine['cpu']}, {machine['available_cores']} cores usable of "
        f"{machine['physical_cores']}, {gigabytes(machine['memory_bytes'])} memory, {machine['os']}, "
        f"Linux {machine['kernel']}."
    )


def runs_per_case(records: list[dict], session: str | None) -> str:
    """How many runs the cases of a session have."""
    of_session = [record["case"] for record in records if record["session"].get("id") == session]
    counts = Counter((case["backend"], case["workload"]) for case in of_session).values()
    fewest, most = min(counts), max(counts)
    if fewest < most:
        return f"{fewest} to {most} runs per case"
    return "one run per case" if most == 1 else f"{most} runs per case"


def session_line(record: dict, runs: str) -> str:
    """Where the numbers come from."""
    session, harness = record["session"], (record.get("machine") or {}).get("harness", {})
    version = f"; {harness_words(harness)}" if harness else ""
    return f"Session {session.get('id')}, config {session.get('config')}, {runs}{version}."


def harness_words(harness: dict) -> str:
    """Which harness it was, and whether its sources differed from the commit."""
    commit = f", commit {harness['commit'][:12]}" if harness.get("commit") else ""
    changes = " with changes" if harness.get("dirty") else ""
    return f"harness {harness['version']}{commit}{changes}"


def cost_lines(records: list[dict]) -> list[str]:
    """What the harness itself costs: inside a run, by noop, and beside it."""
    known = (record["session"].get("harness_overhead") for record in records)
    inside = distinct(noop_line(cost) for cost in known if cost is not None)
    sampled = [record["telemetry"] for record in records if record.get("telemetry")]
    return [*inside, *([beside_line(sampled)] if sampled else [])]


def noop_line(cost: dict) -> str:
    """What a step and an epoch take when there is next to nothing to compute."""
    epoch = f"{significant(1e3 * cost['epoch_s'])} ms per epoch in addition to its steps."
    call = f"calling a compiled function with one weight on {cost['backend']}"
    if cost.get("harness_step_s") is None:  # an older session
        return (
            f"Overhead of the harness: {significant(1e6 * cost['step_s'])} µs per step (loop, picking a batch of one "
            f"number, {call}, progress) and {epoch}"
        )
    return (
        f"Overhead of the harness: {significant(1e6 * cost['harness_step_s'])} µs per step (loop, picking a batch of "
        f"one number, timing, progress) and {epoch} Beside that, {call} takes "
        f"{significant(1e6 * cost['engine_call_s'])} µs."
    )


def beside_line(sampled: list[dict]) -> str:
    """What the orchestrator took from the machine while runs were in progress."""
    share = sum(one["orchestrator_cpu_s"] for one in sampled) / sum(one["wall_s"] for one in sampled)
    cost_ms = 1e3 * sum(one["cost_s"] for one in sampled) / max(1, sum(one["samples"] for one in sampled))
    return (
        f"During runs the orchestrator used {100 * share:.2f} % of one core; a telemetry sample took "
        f"{significant(cost_ms)} ms of it."
    )


def peak_lines(records: list[dict]) -> list[str]:
    """What a share of the peak is, and each peak; nothing where records know none."""
    known = [record["machine"]["peak"] for record in records if (record.get("machine") or {}).get("peak")]
    lines = list(dict.fromkeys(peak_line(peak) for peak in known))
    return [PEAK_SHARE, *lines] if lines else []


def peak_line(peak: dict) -> str:
    """One peak, or why it is not known."""
    if peak["reason"]:
        return f"The peak of {peak['device']} is not known: {peak['reason']}."
    rows, threads = peak["gemm_rows"], counted(peak["threads"], "thread")
    read_bytes = peak["bandwidth_rows"] ** 2 * NUMBER_BYTES[peak["dtype"]]
    return (
        f"Peak of {peak['device']} with {threads}: {scaled(peak, 'gemm', 'flops')} GFLOP/s in {peak['dtype']} "
        f"products of {rows:,} x {rows:,} matrices, {scaled(peak, 'bandwidth', 'bytes')} GB/s read by products of a "
        f"{read_bytes / 2**20:.0f} MiB matrix with vectors; measured before the first round by {means(peak)}."
    )


def scaled(peak: dict, what: str, unit: str) -> str:
    """A figure in billions, with the median of the calls that it is the best of."""
    best, median = peak[f"{what}_{unit}_per_s"], peak[f"{what}_median_{unit}_per_s"]
    return f"{significant(best / 1e9)} (median {significant(median / 1e9)})"


def means(peak: dict) -> str:
    """By what it was measured."""
    blas = peak["blas"] or {}
    kernels = f" ({blas['kernels']})" if blas.get("kernels") else ""
    library = " ".join(filter(None, (blas.get("library"), blas.get("version")))) + kernels
    return ", ".join(filter(None, (" ".join(filter(None, (peak["backend"], peak["version"]))), library)))
