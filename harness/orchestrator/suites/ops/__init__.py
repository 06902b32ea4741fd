"""Measures single operations of K by pytest-benchmark in each backend's environment."""
