"""Scans in CNTK."""
