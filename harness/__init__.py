"""Benchmarks tensor libraries against each other, honestly.

`harness.backends`, `harness.workloads` and `harness.worker` run inside a backend's own interpreter (Python 3.6
syntax; standard library, NumPy and one framework). `harness.orchestrator` runs outside (Python 3.11 or later).
"""

__version__ = "0.1.0"
