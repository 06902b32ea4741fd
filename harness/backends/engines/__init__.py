"""The contract of an engine, and one room for each library: all that is particular to it, and nothing else."""
