"""What K builds: nodes, primitives and shape rules, the same for every engine."""
