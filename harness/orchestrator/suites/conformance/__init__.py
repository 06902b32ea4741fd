"""Asks every backend for the conformance cases and compares the answers with the reference."""
