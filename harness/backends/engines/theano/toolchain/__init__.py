"""The compiler, headers and compile cache that Theano works with."""
