"""The conformance suite's inside: its cases, and the runner that computes them on one backend."""
