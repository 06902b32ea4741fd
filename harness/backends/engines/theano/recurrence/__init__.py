"""Scans in Theano, forward and backward."""
