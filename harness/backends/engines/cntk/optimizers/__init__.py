"""Optimizer steps by CNTK's own learners."""
