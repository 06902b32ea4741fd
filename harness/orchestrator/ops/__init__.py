"""Operations of K, measured inside each backend's environment by pytest-benchmark: benchmarks/ops."""
