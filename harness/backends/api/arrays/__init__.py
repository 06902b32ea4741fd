"""Functions that reshape, pad, repeat and index tensors."""
