"""Runs Keras 1.2.2 itself on K."""
