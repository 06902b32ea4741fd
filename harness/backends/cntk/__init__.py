"""Lowerings of the primitives to CNTK, by family, and the stages that a function is run in."""
