"""Runs one process and says what became of it."""
