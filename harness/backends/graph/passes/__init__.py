"""Rewrites of a graph before an engine sees it."""
