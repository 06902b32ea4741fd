"""The NumPy engine: the oracle that every other engine is compared with."""
