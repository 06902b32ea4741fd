"""What TensorFlow says when it starts; see harness/backends/engines/startup_output.py."""

WARNINGS = ()
# Said twice at every start: that oneDNN is on, and before it that this is said before logs are set up.
LINES = (r"WARNING: All log messages before absl::InitializeLog\(\)", r"[IW]\d{4} ")


def variables(device):
    """Errors come as exceptions: logs repeat them, several lines each. On a GPU they also tell why there is none."""
    return {"TF_CPP_MIN_LOG_LEVEL": "3" if device == "cpu" else "2"}
