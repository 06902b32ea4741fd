"""The programs that build and verify an environment: interpreters, compilers, uv, the probe."""
