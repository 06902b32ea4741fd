"""What K builds: nodes, primitives and shape rules; and the passes that rewrite it."""
