"""Reports: pure functions of records, one exporter a file."""
