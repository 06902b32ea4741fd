"""Records on disk: written once, found again, read in every schema."""
