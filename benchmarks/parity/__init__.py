"""How far float32 lies from NumPy in float64: the figures that the tolerances of docs/design/parity.md follow from."""
