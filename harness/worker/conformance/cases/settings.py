"""The settings of K, and where they show; whatever a case changes it puts back."""

import contextlib

import numpy as np

from harness.worker.conformance.cases.draws import facts
from harness.worker.conformance.forms import Program, as_input, draw

CERTAIN = np.array([[1.0, 0.0], [0.25, 0.75]])
IMAGES, KERNEL = draw(1, 3, 4, 2, seed=560), draw(2, 2, 2, 2, seed=561)
NAMES = ("epsilon", "floatx", "image_dim_ordering", "legacy_weight_ordering")


@contextlib.contextmanager
def kept(K):
    """The settings as they were, when all is done."""
    before = [getattr(K, name)() for name in NAMES]
    try:
        yield
    finally:
        for name, value in zip(NAMES, before):
            getattr(K, "set_" + name)(value)


def refused(set_value, values):
    """Whether each of the values is refused, with one sentence."""
    for value in values:
        try:
            set_value(value)
            return False
        except ValueError as error:
            if "Expected" not in str(error) or "Received" not in str(error):
                return False
    return True


def starts(bench):
    """What a fresh process has, and whose backend it is."""
    K = bench.K
    results = facts(
        backend=K.backend() == bench.request["backend"],
        floatx=K.floatx() == bench.request["floatx"],
        legacy_weight_ordering=K.legacy_weight_ordering() is False,
        image_dim_ordering=K.image_dim_ordering() in ("tf", "th"),
    )
    results["value/epsilon"] = np.array(K.epsilon(), K.floatx())
    return results


def epsilon(bench):
    """The limit of the cross-entropies built from then on; what is no number changes nothing."""
    K, results = bench.K, {}
    output, target = K.placeholder((2, 2)), K.placeholder((2, 2))
    losses = []
    with kept(K):
        for number in (1e-3, 1e-2, np.float32(0.125)):
            K.set_epsilon(number)
            losses += [K.categorical_crossentropy(output, target), K.binary_crossentropy(output, target)]
        results.update(facts(is_float=isinstance(K.epsilon(), float) and K.epsilon() == 0.125))
        results.update(facts(refused=refused_type(K.set_epsilon) and K.epsilon() == 0.125))
    arrays = [as_input(each, K.floatx()) for each in (CERTAIN, CERTAIN[:, ::-1])]
    found = bench.function([output, target], losses, [])(arrays)
    results.update(("value/loss_%d" % place, loss) for place, loss in enumerate(found))
    return results


def refused_type(set_value):
    """Whether what is no number is refused."""
    return refused(set_value, ("small", None, [1e-7]))


def floatx(bench):
    """The float type of what is made without a dtype, and of cast_to_floatx."""
    K, results = bench.K, {}
    with kept(K):
        for name in ("float64", "float32"):
            K.set_floatx(name)
            made = (K.variable([1.5]), K.zeros((1,)), K.placeholder((2,)), K.random_uniform((2,), seed=1))
            dtypes = [K.dtype(tensor) for tensor in made] + [K.cast_to_floatx([1, 2]).dtype.name]
            results.update(facts(**{name: K.floatx() == name and set(dtypes) == {name}}))
            results["value/cast_" + name] = K.cast_to_floatx([0.1, 2])
            tripled = K.variable(np.array([0.1, 1.0])) * 3.0
            results["value/" + name + "_tripled"] = bench.function([], [tripled], [])([])[0]
        wrong = ("float8", "", 123, None, "Float32", ["float32"], "int32")
        results.update(facts(refused=refused(K.set_floatx, wrong) and K.floatx() == "float32"))
    return results


def image_dim_ordering(bench):
    """What 'default' means when a graph is built."""
    K, results = bench.K, {}
    x, kernel = K.placeholder((1, 3, 4, 2)), K.placeholder((2, 2, 2, 2))
    with kept(K):
        K.set_image_dim_ordering("tf")
        outputs = [K.conv2d(x, kernel), K.pool2d(x, (2, 2)), K.spatial_2d_padding(x)]
        K.set_image_dim_ordering("th")
        turned = K.permute_dimensions(x, (0, 3, 1, 2))
        outputs += [K.pool2d(turned, (2, 2)), K.spatial_2d_padding(turned)]
        results.update(facts(th=K.image_dim_ordering() == "th"))
        wrong = refused(K.set_image_dim_ordering, ("NCHW", "TF", None, 1, "default"))
        results.update(facts(refused=wrong and K.image_dim_ordering() == "th"))
    found = bench.function([x, kernel], outputs, [])([as_input(each, K.floatx()) for each in (IMAGES, KERNEL)])
    labels = ("convolved", "pooled", "padded", "pooled_th", "padded_th")
    results.update(("value/" + label, array) for label, array in zip(labels, found))
    return results


def legacy_weight_ordering(bench):
    """A flag that is kept, and takes no other value than True and False."""
    K = bench.K
    with kept(K):
        seen = []
        for value in (True, False, True):
            K.set_legacy_weight_ordering(value)
            seen.append(K.legacy_weight_ordering() is value)
        wrong = refused(K.set_legacy_weight_ordering, (1, 0, None, "True"))
        return facts(kept=seen == [True] * 3, refused=wrong and K.legacy_weight_ordering() is True)


BODIES = (starts, epsilon, floatx, image_dim_ordering, legacy_weight_ordering)
CASES = [Program("settings-" + body.__name__, body) for body in BODIES]
