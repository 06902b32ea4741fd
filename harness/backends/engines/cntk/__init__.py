"""The CNTK engine."""
