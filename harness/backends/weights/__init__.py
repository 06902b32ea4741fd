"""A model's weights in one canonical layout, and the files that hold them."""
