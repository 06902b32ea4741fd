"""Plans a session, prepares what it needs and conducts its runs."""
