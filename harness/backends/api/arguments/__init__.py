"""Checks of what users pass to K, and the shapes among it."""
