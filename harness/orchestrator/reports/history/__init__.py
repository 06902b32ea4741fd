"""Reports of a history of sessions."""
