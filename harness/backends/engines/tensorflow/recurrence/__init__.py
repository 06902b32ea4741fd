"""Scans in TensorFlow."""
