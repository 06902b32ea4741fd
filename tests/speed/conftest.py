"""Makes benchmarks/ importable: `make speed` runs it from the checkout, and it is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
