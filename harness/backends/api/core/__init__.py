"""Tensors, variables and compiled functions."""
