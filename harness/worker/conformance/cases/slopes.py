"""Gradients of several functions of one array, each by itself: what is nan in one stays out of all others."""


def slopes_of(bench, functions, array):
    """The gradients of each of `functions`, name -> (K, x) -> tensor, as "gradient/name" -> array; in one call."""
    K = bench.K
    x = K.placeholder(array.shape)
    found = [K.gradients(build(K, x), [x])[0] for build in functions.values()]
    return dict(zip(("gradient/" + name for name in functions), bench.function([x], found)([array])))
