"""The statistics that pytest-benchmark keeps of a benchmark's rounds, computed as its 5.3 computes them.

Its own class is in the test extra, which the orchestrator does without; tests hold the two together. A single round has
the standard deviation 0 there, and so it has here: its readers take no null.
"""

from __future__ import annotations

from statistics import mean, median, stdev


def statistics(data: list[float]) -> dict:
    """The field `stats` of a benchmark with one call a round.

    Args: data: seconds of each round, at least one.
    """
    low, high = quartiles(data)
    reach = 1.5 * (high - low)
    middle, deviation = mean(data), stdev(data) if len(data) > 1 else 0
    beyond_deviation = outside(data, middle - deviation, middle + deviation)
    beyond_reach = outside(data, low - reach, high + reach)
    return {
        "min": min(data),
        "max": max(data),
        "mean": middle,
        "stddev": deviation,
        "rounds": len(data),
        "median": median(data),
        "iqr": high - low,
        "q1": low,
        "q3": high,
        "iqr_outliers": beyond_reach,
        "stddev_outliers": beyond_deviation,
        "outliers": f"{beyond_deviation};{beyond_reach}",
        "ld15iqr": min(value for value in data if value >= low - reach),
        "hd15iqr": max(value for value in data if value <= high + reach),
        "ops": len(data) / sum(data) if sum(data) else 0,
        "total": sum(data),
        "data": list(data),
        "iterations": 1,
    }


def quartiles(data: list[float]) -> tuple[float, float]:
    """First and third quartile: medians of the halves, of an odd number a quarter of the way between two values.

    These are methods 2 and 3 of https://en.wikipedia.org/wiki/Quartile#Computing_methods.
    """
    values, count = sorted(data), len(data)
    if count == 1:
        return values[0], values[0]
    if count % 2 == 0:
        return median(values[: count // 2]), median(values[count // 2 :])
    whole, rest = divmod(count, 4)
    if rest == 1:
        return (
            0.25 * values[whole - 1] + 0.75 * values[whole],
            0.75 * values[3 * whole] + 0.25 * values[3 * whole + 1],
        )
    return (
        0.75 * values[whole] + 0.25 * values[whole + 1],
        0.25 * values[3 * whole + 1] + 0.75 * values[3 * whole + 2],
    )


def outside(data: list[float], least: float, most: float) -> int:
    """How many values lie beyond the two."""
    return sum(value < least or value > most for value in data)
