"""Renders the history of stored sessions; one way to show it a file."""
