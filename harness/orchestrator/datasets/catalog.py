"""Which data sets there are, and the arrays of one, for a workload of its kind.

A data set is one module that ends in a `DataSet`; it becomes known by its place in `DATASETS`.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from harness.orchestrator.core.declared_workloads import declared_workloads
from harness.orchestrator.core.errors import ConfigError
from harness.orchestrator.datasets import (
    cache,
    digits,
    imdb,
    mnist,
    synthetic_images,
    synthetic_numbers,
    synthetic_reviews,
)
from harness.orchestrator.datasets.model import DataMismatch, DataSet, FileUnavailable, Order, PreparedData, Say, Volume
from harness.orchestrator.datasets.real_files import read_verified

DATASETS = (
    mnist.DATASET,
    imdb.DATASET,
    digits.DATASET,
    synthetic_images.DATASET,
    synthetic_reviews.DATASET,
    synthetic_numbers.DATASET,
)

KNOWN = ("auto", "real", *dict.fromkeys(dataset.name for dataset in DATASETS))

SEEDS = 2**32  # what every generator in use accepts as its seed


def prepare(
    workload: str, requested: str, train: int | None, test: int | None, seed: int, progress: Say | None = None
) -> PreparedData:
    """The arrays for a workload, from the cache if they were prepared before.

    Args:
        workload: name of a workload.
        requested: one of KNOWN; `auto` is the real data where it is available, otherwise the synthetic one; `real` is
            the real data or an error.
        train, test: samples wanted, None for all; more than there are gives all, with a note.
        seed: draws synthetic data and the split of `digits`; the real files do not depend on it.
        progress: told in sentences what takes long.

    Raises:
        ConfigError: a name, a count or the seed is invalid.
        DataMismatch: the data set does not fit the workload.
        DataError: the data is unavailable.
    """
    kind = _kind_of(workload)
    _check_counts(train, test, seed)
    say = progress or (lambda sentence: None)
    candidates = _candidates(requested, kind, workload)
    if len(candidates) > 1:
        prepared = _first_available(candidates, train, test, seed, say)
    else:
        prepared = _prepare(candidates[0], train, test, seed, say, always_try=True)
    full = (_real_of(kind) or _named("synthetic", kind)).volume
    return replace(prepared, full_train=full.train, full_test=full.test)


def _kind_of(workload: str) -> str:
    """The kind of data that a workload declares."""
    workloads = declared_workloads()
    if workload not in workloads:
        raise ConfigError(_unknown("workload", workload, tuple(workloads)))
    kind, kinds = workloads[workload].data_kind, sorted({dataset.kind for dataset in DATASETS})
    if kind not in kinds:
        raise ConfigError(
            f"The workload {workload} declares no kind of data. Expected data_kind to be one of {', '.join(kinds)}. "
            f"Received data_kind={kind!r}. Set it in harness/workloads/{workload}.py."
        )
    return kind


def _unknown(what: str, name: str, known: tuple[str, ...]) -> str:
    nearest = get_close_matches(name.lower(), known, n=1)
    advice = f"Did you mean {nearest[0]}?" if nearest else "Choose one of these."
    return f"The {what} is not known. Expected one of {', '.join(known)}. Received {what}={name}. {advice}"


def _check_counts(train: int | None, test: int | None, seed: int) -> None:
    for name, count in (("train", train), ("test", test)):
        if count is not None and count < 1:
            raise ConfigError(
                f"A data set needs samples. Expected {name} >= 1. Received {name}={count}. "
                "Leave it out to use all there are."
            )
    if not 0 <= seed < SEEDS:
        raise ConfigError(
            f"The seed is out of range. Expected 0 <= seed < 2**32. Received seed={seed}. Choose another one."
        )


def _candidates(requested: str, kind: str, workload: str) -> list[DataSet]:
    """The data sets that answer a request, in the order in which they are tried."""
    if requested not in KNOWN:
        raise ConfigError(_unknown("data set", requested, KNOWN))
    real, synthetic = _real_of(kind), _named("synthetic", kind)
    if requested == "auto":
        return [real, synthetic] if real else [synthetic]
    if requested == "real" and real:
        return [real]
    if not any(dataset.name == requested and dataset.kind == kind for dataset in DATASETS):
        names = [dataset.name for dataset in DATASETS if dataset.kind == kind]
        fitting = ", ".join(["auto", *(["real"] if real else []), *names])
        raise DataMismatch(
            f"The data set does not fit the workload {workload}, which needs {kind}. Expected one of {fitting}. "
            f"Received data set={requested}. Choose another data set or workload."
        )
    return [_named(requested, kind)]


def _named(name: str, kind: str) -> DataSet:
    return next(dataset for dataset in DATASETS if (dataset.name, dataset.kind) == (name, kind))


def _real_of(kind: str) -> DataSet | None:
    """The published data of a kind, None if there is none."""
    return next((dataset for dataset in DATASETS if dataset.kind == kind and dataset.file is not None), None)


def _first_available(
    candidates: list[DataSet], train: int | None, test: int | None, seed: int, say: Say
) -> PreparedData:
    real, fallback = candidates
    try:
        return _prepare(real, train, test, seed, say, always_try=False)
    except FileUnavailable as error:
        prepared = _prepare(fallback, train, test, seed, say, always_try=False)
        note = f"{fallback.name} data stands in for {real.name}: {error.reason}"
        return replace(prepared, notes=[note, *prepared.notes])


def _prepare(
    dataset: DataSet, train: int | None, test: int | None, seed: int, say: Say, always_try: bool
) -> PreparedData:
    """One data set from the cache, or made and stored there."""
    wanted = Volume(_at_most(train, dataset.volume.train), _at_most(test, dataset.volume.test))
    notes = _shortage(dataset, train, test)

    def make() -> dict:
        content = b""
        if dataset.file is not None:
            content, found = read_verified(dataset.file, say, always_try)
            notes.extend(found)
        say(f"preparing {dataset.name}: {wanted.train} training and {wanted.test} test samples")
        return dataset.make(Order(wanted.train, wanted.test, seed, content))

    stored = cache.get_or_make(_key(dataset, wanted, seed), make, say)
    return PreparedData(
        name=dataset.name,
        arrays=stored.arrays,
        train=stored.rows["x_train"],
        test=stored.rows["x_test"],
        full_train=dataset.volume.train,
        full_test=dataset.volume.test,
        description=dataset.description,
        sha256=stored.sha256,
        notes=notes,
    )


def _at_most(wanted: int | None, available: int) -> int:
    return available if wanted is None else min(wanted, available)


def _shortage(dataset: DataSet, train: int | None, test: int | None) -> list[str]:
    asked = (("training", train, dataset.volume.train), ("test", test, dataset.volume.test))
    return [
        f"{dataset.name} has {available} {which} samples; {wanted} were asked for, all are used."
        for which, wanted, available in asked
        if wanted is not None and wanted > available
    ]


def _key(dataset: DataSet, wanted: Volume, seed: int) -> str:
    """The folder of a prepared data set: everything that its bytes depend on."""
    parts = [dataset.name, dataset.kind, f"v{dataset.version}"]
    if dataset.file is not None:
        parts.append(dataset.file.sha256[:12])
    if dataset.seeded:
        parts.append(f"seed{seed}")
    return "-".join([*parts, f"{wanted.train}x{wanted.test}"])
