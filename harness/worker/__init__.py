"""What runs in a backend's own interpreter: one process, one run."""
