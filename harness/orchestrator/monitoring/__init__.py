"""Looks at the machine: what it is, what disturbs it, what a run does to it."""
