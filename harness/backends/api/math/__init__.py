"""Arithmetic, reductions, products and random tensors."""
