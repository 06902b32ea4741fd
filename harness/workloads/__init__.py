"""The workloads, written on K, and the small model library that they share."""
