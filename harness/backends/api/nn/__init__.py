"""Activations, losses and normalisation."""
