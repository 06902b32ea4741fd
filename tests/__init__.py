"""The tests. Folders named as in `harness` and `benchmarks` test those rooms; the others test across rooms."""
