"""Data sets of the workloads: found, downloaded or drawn once, and kept as plain arrays that every worker maps."""
