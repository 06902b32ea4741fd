"""Carries out jobs: one process each, with its limits, its outcome and the lock that it needs."""
