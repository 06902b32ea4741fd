"""Environments with another version of a package."""
