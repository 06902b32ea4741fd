"""JSON documents that commands print with --json, one kind a module."""
