"""The state of the machine just before a run, and what disturbed it meanwhile."""
