"""The NumPy engine, and the oracle that every engine is compared with."""
