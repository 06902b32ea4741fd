"""What the NumPy engine makes of a function and the shapes of a call: steps over arrays that are there already."""
