"""One interpreter with pinned packages for each backend: found, built, verified."""
