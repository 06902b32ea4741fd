"""Reports on environments: those there are, and what a doctor found."""
