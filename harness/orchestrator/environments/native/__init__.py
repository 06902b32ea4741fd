"""Shared libraries that a framework's wheel expects and does not carry: one module a kind, all with `provide`."""
