"""Suites that are no training runs: conformance of K, and benchmarks of single operations."""
