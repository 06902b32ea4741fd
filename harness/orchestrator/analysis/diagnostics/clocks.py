"""Whether processors and GPUs ran slower than they can: governors, limits, batteries, heat."""

from __future__ import annotations

from statistics import mean

from harness.orchestrator.analysis.diagnostics.diagnostic import Rule, Sign, of_each, seen
from harness.orchestrator.core.formatting import percent, significant

# Drivers that choose the frequency in hardware: `powersave` is their usual governor and follows the load.
SELF_GOVERNED = ("intel_pstate", "amd-pstate-epp")
# Below this part of what the processor can do somebody has set a limit; drivers round by less.
LIMIT_SHARE = 0.95
# Of the highest frequency, which one core alone reaches: with all cores busy many processors run at 0.6 to 0.9 of it.
LOW_SHARE = 0.5
# Of the run, or of its epochs: less would not show in them.
THROTTLED_SHARE = 0.01
# The same for a GPU, whose power limit holds its clocks down for moments under any full load.
GPU_SHARE = 0.05
# Reasons of the telemetry for low clocks of a GPU that are no trouble: it had nothing to do, or its owner chose them.
CHOSEN = ("gpu_idle", "applications_clocks_setting", "display_clock_setting")


def governor(record: dict) -> Sign | None:
    before = seen(record, "before")
    if before.get("governor") != "powersave" or before.get("frequency_driver") in (None, *SELF_GOVERNED):
        return None
    return Sign(
        f"ran under the governor powersave of {before['frequency_driver']}, which keeps the lowest frequency. Expected "
        "one that follows the load. Set it: sudo cpupower frequency-set -g performance."
    )


def limited(record: dict) -> Sign | None:
    before = seen(record, "before")
    limit_hz, most_hz = before.get("frequency_limit_hz"), before.get("max_frequency_hz")
    if not limit_hz or not most_hz or limit_hz >= LIMIT_SHARE * most_hz:
        return None
    return Sign(
        f"ran on CPUs that are limited to {gigahertz(limit_hz)}. Expected {gigahertz(most_hz)}, which they can do. "
        f"Lift the limit: sudo cpupower frequency-set -u {round(most_hz / 1e6)}MHz.",
        most_hz / limit_hz,
    )


def low_frequency(record: dict) -> Sign | None:
    """What the telemetry sampled over the epochs, as the frequency of a processor that is idle says nothing."""
    most_hz = seen(record, "before").get("max_frequency_hz")
    means = epochs(record).get("mean") or {}
    sampled = [hz for name, hz in means.items() if name.startswith("cpu") and name.endswith("_frequency_hz") and hz]
    if not most_hz or not sampled or mean(sampled) >= LOW_SHARE * most_hz:
        return None
    return Sign(
        f"ran at {gigahertz(mean(sampled))} on average over its epochs. Expected {gigahertz(LOW_SHARE * most_hz)}, "
        f"{percent(LOW_SHARE)} of what the processor can do. Look at its governor, limits, power supply and cooling.",
        most_hz / mean(sampled),
    )


def battery(record: dict) -> Sign | None:
    if not seen(record, "before").get("on_battery"):
        return None
    return Sign("began on battery, which holds the frequency down. Expected mains. Plug the machine in, and run again.")


def heat(record: dict) -> Sign | None:
    during = seen(record, "during")
    times, seconds, look_s = (during.get(key) for key in ("thermal_throttles", "thermal_throttled_s", "look_s"))
    if not times or (seconds is not None and seconds <= THROTTLED_SHARE * look_s):
        return None
    lasted = "" if seconds is None else f", {significant(seconds)} s of {significant(look_s)} s"
    boosted = seen(record, "before").get("turbo")
    turbo = "" if boosted is None else f" Turbo is {'on' if boosted else 'off'}."
    return Sign(
        f"ran on CPUs that heat slowed down {times:,.0f} times{lasted}.{turbo} Expected none. Cool the machine, or "
        f"{'switch turbo off, so that the frequency holds' if boosted else 'let it rest between runs'}.",
        times if seconds is None else seconds,
    )


def throttled_gpu(record: dict) -> Sign | None:
    held = [
        (share, reason, gpu)
        for gpu, shares in (epochs(record).get("throttled") or {}).items()
        for reason, share in shares.items()
        if share is not None and share > GPU_SHARE and reason not in CHOSEN
    ]
    if not held:
        return None
    share, reason, gpu = max(held)
    return Sign(
        f"ran on {gpu} with its clocks held down {percent(share)} of the epochs: {reason}. Expected at most "
        f"{percent(GPU_SHARE)}. Cool it, raise its power limit (nvidia-smi -pl), or lock its clocks (nvidia-smi -lgc).",
        share,
    )


def epochs(record: dict) -> dict:
    """The telemetry's summary of the timed epochs; empty where there is none."""
    phases = (record.get("telemetry") or {}).get("phases") or []
    return next((phase for phase in phases if phase.get("phase") == "epoch"), {})


def gigahertz(hertz: float) -> str:
    return f"{hertz / 1e9:.2f} GHz"


RULES = (
    Rule("governor", of_each(governor), of_machine=True),
    Rule("frequency_limit", of_each(limited), of_machine=True),
    Rule("low_frequency", of_each(low_frequency), of_machine=True),
    Rule("battery", of_each(battery), of_machine=True),
    Rule("heat", of_each(heat), of_machine=True),
    Rule("gpu_clocks", of_each(throttled_gpu), of_machine=True),
)
