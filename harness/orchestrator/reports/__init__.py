"""Renders records and verdicts: pure functions, one exporter a file."""
