"""How numbers are written in tables and lines."""

from __future__ import annotations

import math

ABSENT = "–"


def significant(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits, without exponent; ABSENT if there is none."""
    if value is None:
        return ABSENT
    if value == 0:
        return "0"
    rounded = round(value, decimals(value, digits))
    return f"{rounded:.{max(0, decimals(rounded, digits))}f}"


def decimals(value: float, digits: int) -> int:
    """Decimals that show so many significant digits; negative where even tens are rounded."""
    return digits - 1 - math.floor(math.log10(abs(value)))


def percent(fraction: float | None) -> str:
    """A fraction as a percentage with one decimal."""
    return ABSENT if fraction is None else f"{100 * fraction:.1f} %"


def scientific(value: float | None) -> str:
    """A small number with two significant digits and its power of ten."""
    return ABSENT if value is None else f"{value:.1e}"


def gigabytes(amount: int | None) -> str:
    """Bytes in GiB."""
    return ABSENT if amount is None else f"{amount / 2**30:.0f} GiB"


def counted(number: int | None, thing: str) -> str:
    """So many things."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
