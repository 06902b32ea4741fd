"""What our layer costs before a library sees a graph: building it, and calling what was compiled."""
