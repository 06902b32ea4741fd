"""What programs for Keras 1.2.2 do beside building models, on one backend. Python 3.6 syntax; run in its environment.

usage: python -I programs.py BACKEND PACKAGES FOLDER

As driver.py has them. Writes FOLDER/facts.json: the name of each thing that a program does -> whether it went right.
"""

import importlib
import json
import os
import pickle
import sys
import warnings

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FACTS = []


def fact(function):
    """Adds a function that returns whether all went right."""
    FACTS.append(function)
    return function


@fact
def modules_are_imported_in_every_way():
    import keras
    import keras.backend.common
    import keras.backend.tensorflow_backend as KTF
    from keras import backend as K
    from keras.backend import theano_backend as KTH
    from keras.backend.common import cast_to_floatx, floatx  # noqa: F401
    from keras.backend.tensorflow_backend import get_session, set_session

    set_session(get_session())
    KTF.set_session(KTF._SESSION)
    same = keras.backend is K and K.tensorflow_backend is KTF and K.theano_backend is KTH and K.common.floatx is floatx
    return same and K.backend() == K._BACKEND == KTF.backend() == "tensorflow"


@fact
def private_names_are_there():
    from keras import backend as K
    from keras.backend.common import _EPSILON, _FLOATX, _IMAGE_DIM_ORDERING, _LEGACY_WEIGHT_ORDERING

    values = (_EPSILON, _FLOATX, _IMAGE_DIM_ORDERING, _LEGACY_WEIGHT_ORDERING)
    places = K._config_path == os.path.join(K._keras_dir, "keras.json") and os.path.exists(K._config_path)
    others = K.py_all([1, 1]) and K.np is np and K.theano_backend.th_sparse_module
    return values == (1e-7, "float32", "tf", False) and places and bool(others)


@fact
def private_names_follow_the_settings_and_set_them():
    from keras import backend as K

    modules = K, K.common, K.tensorflow_backend, K.theano_backend
    K.set_epsilon(1e-4)
    followed = all(module._EPSILON == 1e-4 for module in modules)
    for module in modules:
        module._EPSILON, module._FLOATX, module._IMAGE_DIM_ORDERING = 1e-6, "float64", "th"
        followed = followed and (K.epsilon(), K.floatx(), K.image_dim_ordering()) == (1e-6, "float64", "th")
        module._EPSILON, module._FLOATX, module._IMAGE_DIM_ORDERING = 1e-7, "float32", "tf"
    return followed and K.epsilon() == 1e-7 and K.learning_phase() != 1


@fact
def reloading_changes_nothing():
    from keras import backend as K

    os.environ["KERAS_BACKEND"], kept = "theano", os.environ["KERAS_BACKEND"]
    again = importlib.reload(K)
    importlib.reload(K.tensorflow_backend)
    os.environ["KERAS_BACKEND"] = kept
    return again is K and sys.modules["keras.backend"] is K and K.eval(K.ones((2,))).tolist() == [1, 1]


@fact
def what_is_not_there_is_said():
    from keras import backend as K

    said = []
    for get in (lambda: K.theano, lambda: K.tf.nn, lambda: K.theano_backend.T, lambda: K.tensorflow_backend._cond):
        try:
            get()
        except AttributeError as error:
            said.append(str(error))
    return len(said) == 4 and all("Expected" in each and "Received" in each for each in said) and not hasattr(K, "x")


@fact
def tensors_answer_as_tensorflows_do():
    from keras import backend as K

    x, v = K.placeholder((None, 3)), K.variable([[1.0, 2.0]])
    shapes = x.get_shape().as_list() == [None, 3] and x.get_shape().ndims == 2 and v.get_shape()[1] == 2
    found = x.dtype.name, v.dtype.name, v.dtype.base_dtype.name, K.dtype(v)
    dtypes = found == ("float32", "float32_ref", "float32", "float32")
    return shapes and dtypes and K.tensorflow_backend._to_tensor(2, v.dtype.base_dtype).dtype == "float32"


@fact
def theanos_convolutions_turn_their_kernels():
    from keras import backend as K
    from keras.utils.np_utils import convert_kernel

    rng, KTH = np.random.RandomState(0), K.theano_backend
    same = []
    for ordering, x, kernel in (("th", (2, 3, 6, 5), (4, 3, 3, 2)), ("tf", (2, 6, 5, 3), (3, 2, 3, 4))):
        x, kernel = rng.uniform(size=x), rng.uniform(size=kernel)
        turned = K.variable(convert_kernel(kernel, dim_ordering=ordering))
        found = K.eval(KTH.conv2d(K.variable(x), turned, dim_ordering=ordering))
        same.append(
            np.allclose(found, K.eval(K.conv2d(K.variable(x), K.variable(kernel), dim_ordering=ordering)), 1e-4)
        )
    return all(same)


@fact
def keywords_of_compile_are_ignored_with_a_warning():
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, input_dim=2)])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.compile("sgd", "mse", mode="FAST_COMPILE")
        model.fit(np.ones((4, 2)), np.ones(4), nb_epoch=1, verbose=0)
        model.predict(np.ones((4, 2)))
    return any("mode='FAST_COMPILE'" in str(each.message) for each in caught)


@fact
def a_model_goes_through_yaml():
    from keras.layers import Convolution2D, Dense, Flatten
    from keras.models import Sequential, model_from_yaml

    model = Sequential([Convolution2D(2, 3, 3, subsample=(2, 2), input_shape=(7, 7, 1)), Flatten(), Dense(2)])
    copy = model_from_yaml(model.to_yaml())
    copy.set_weights(model.get_weights())
    x = np.random.RandomState(1).uniform(size=(2, 7, 7, 1))
    return np.allclose(copy.predict(x), model.predict(x), 1e-5)


@fact
def kernels_are_converted():
    from keras.layers import Convolution2D, Flatten
    from keras.models import Sequential
    from keras.utils.layer_utils import convert_all_kernels_in_model

    model = Sequential([Convolution2D(2, 3, 3, input_shape=(6, 6, 1)), Flatten()])
    kernel = model.get_weights()[0]
    convert_all_kernels_in_model(model)
    return np.allclose(model.get_weights()[0], kernel[::-1, ::-1])


@fact
def reviews_of_any_length_are_loaded():
    from keras.datasets import imdb

    reviews = [[1, 2, 3], [4, 5], [6], [7, 8, 9, 10]], [0, 1, 0, 1]
    with open("imdb_full.pkl", "wb") as file:
        pickle.dump((reviews, reviews), file)
    kept, imdb.get_file = imdb.get_file, lambda *arguments, **named: os.path.abspath("imdb_full.pkl")
    (x, y), _ = imdb.load_data()
    imdb.get_file = kept
    return x.shape == (4,) and sorted(map(len, x)) == [2, 3, 4, 5] and y.shape == (4,)


def main(backend, packages, folder):
    sys.path[:0] = [packages, HERE]
    from driver import import_keras

    import_keras(backend)
    os.chdir(folder)
    facts = {}
    for each in FACTS:
        try:
            facts[each.__name__] = bool(each())
        except Exception as error:
            facts[each.__name__] = "%s: %s" % (type(error).__name__, error)
    with open("facts.json", "w") as file:
        json.dump(facts, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
