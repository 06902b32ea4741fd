"""Checks of the arguments of K's functions, and of shapes among them."""
