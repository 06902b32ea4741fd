"""What CNTK says when it starts; see harness/backends/engines/startup_output.py."""

WARNINGS = (r"cntk\.cntk_py_init",)  # the Linux distribution is not Ubuntu; there are no libraries for GPUs
LINES = (r"Selected CPU as the process wide default device", r"\s*$")


def variables(device):
    """None."""
    return {}
