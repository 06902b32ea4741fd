"""The Theano engine."""
