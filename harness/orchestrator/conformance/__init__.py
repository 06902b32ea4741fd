"""The conformance suite: what every backend must compute, asked in its environment and compared with the reference."""
