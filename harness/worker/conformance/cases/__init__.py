"""The conformance cases, one family a module: its `CASES` lists them."""
