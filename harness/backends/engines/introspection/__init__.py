"""Which BLAS, thread pools and instruction sets a library really uses."""
