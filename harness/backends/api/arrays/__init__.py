"""What reshapes, pads, repeats and indexes tensors."""
