"""What sampling costs the run that is sampled, and what the orchestrator takes meanwhile."""
