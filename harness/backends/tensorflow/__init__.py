"""The parts of the TensorFlow engine."""
