"""What an environment is to be, what it is, and what stands in its way."""
