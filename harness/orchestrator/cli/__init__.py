"""The command line; the only place where the process is ended."""
