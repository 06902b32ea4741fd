"""Suites besides training runs: conformance of K, and benchmarks of single operations."""
