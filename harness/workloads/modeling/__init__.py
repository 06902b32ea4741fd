"""What workloads are built from: layers, optimizers, initializers, and the training step."""
