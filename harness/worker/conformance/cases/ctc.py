"""The loss of label sequences: against sums over all paths, lengths of every kind, gradients."""

import numpy as np

from harness.worker.conformance.forms import Expression, Program, as_input, draw

# the probabilities that the tests of TensorFlow and Keras take
KNOWN = np.array(
    [
        [
            [0.633766, 0.221185, 0.0917319, 0.0129757, 0.0142857, 0.0260553],
            [0.111121, 0.588392, 0.278779, 0.0055756, 0.00569609, 0.010436],
            [0.0357786, 0.633813, 0.321418, 0.00249248, 0.00272882, 0.0037688],
            [0.0663296, 0.643849, 0.280111, 0.00283995, 0.0035545, 0.00331533],
            [0.458235, 0.396634, 0.123377, 0.00648837, 0.00903441, 0.00623107],
        ],
        [
            [0.30176, 0.28562, 0.0831517, 0.0862751, 0.0816851, 0.161508],
            [0.24082, 0.397533, 0.0557226, 0.0546814, 0.0557528, 0.19549],
            [0.230246, 0.450868, 0.0389607, 0.038309, 0.0391602, 0.202456],
            [0.280884, 0.429522, 0.0326593, 0.0339046, 0.0326856, 0.190345],
            [0.423286, 0.315517, 0.0338439, 0.0393744, 0.0339315, 0.154046],
        ],
    ]
)
KNOWN_LABELS = np.array([[0, 1, 2, 1, 0], [0, 1, 1, 0, -1]], "int32")
KNOWN_LENGTHS = np.array([[5], [4]], "int32")


def probabilities(*shape, seed):
    """Rows that sum to 1, none of them near 0."""
    found = draw(*shape, low=0.1, high=1.0, seed=seed)
    return found / found.sum(axis=-1, keepdims=True)


def cost(K, P, labels, y, times, lengths):
    """The loss of each sample."""
    return {"cost": K.ctc_batch_cost(labels, y, times, lengths)}


def impossible(bench):
    """Labels longer than the time, too long only because two of them are equal, no class: inf, and no gradient."""
    K = bench.K
    y = K.placeholder((None, 3, 3))
    arrays = (IMPOSSIBLE["labels"], IMPOSSIBLE["times"], IMPOSSIBLE["lengths"])
    labels, times, lengths = (K.placeholder(array.shape, dtype="int32") for array in arrays)
    loss = K.ctc_batch_cost(labels, y, times, lengths)
    function = bench.function([labels, y, times, lengths], [loss] + K.gradients(loss, [y]), [])
    found = function([arrays[0], as_input(IMPOSSIBLE["y"], K.floatx()), arrays[1], arrays[2]])
    return {"value/cost": found[0], "gradient/y": found[1]}


def sparse_labels(K, P, labels, words, flat, column):
    """Labels of both dtypes with 0 behind each sample's own, lengths in both forms; they are sparse tensors."""
    own = [K.ctc_label_dense_to_sparse(labels, flat), K.ctc_label_dense_to_sparse(words, column)]
    assert all(K.is_sparse(each) for each in own), "sparse tensors are made of them"
    return {"flat": K.to_dense(own[0]), "column": K.to_dense(own[1])}


# repeats, fewer times than there are, fewer labels than there are, no label at all, one of every time
LABELS = np.array([[0, 1, 1], [2, 2, 7], [1, 9, 9], [0, 0, 0], [2, 1, 0]], "int32")
TIMES, LENGTHS = np.array([[4], [4], [2], [3], [3]], "int32"), np.array([[3], [2], [1], [0], [3]], "int32")
VARIED = {"labels": LABELS, "y": probabilities(5, 4, 4, seed=580), "times": TIMES, "lengths": LENGTHS}
FLOATS = dict(VARIED, labels=LABELS.astype("float64"), times=TIMES[:, 0], lengths=LENGTHS[:, 0].astype("int64"))
SINGLE = {
    "labels": np.array([[1, 0]], "int64"),
    "y": probabilities(1, 3, 3, seed=581),
    "times": np.array([[3]], "int32"),
    "lengths": np.array([[2]], "int32"),
}
IMPOSSIBLE = {
    "labels": np.array([[0, 1, 0, 1], [1, 1, 0, 0], [0, 1, 0, 0], [0, 3, 0, 0], [-1, 0, 0, 0]], "int32"),
    "y": probabilities(5, 3, 3, seed=582),
    "times": np.array([[3], [3], [2], [3], [3]], "int32"),
    "lengths": np.array([[4], [3], [2], [2], [1]], "int32"),
}
UNSCALED = dict(SINGLE, y=draw(1, 3, 3, low=0.2, high=3.0, seed=583))
KEPT = {
    "labels": np.array([[3, 1, 2], [5, 4, 9], [7, 7, 7]], "int32"),
    "words": np.array([[1.5, 2.5], [0.5, 4.5]]),
    "flat": np.array([3, 2, 0], "int32"),
    "column": np.array([[1], [2]], "int32"),
}
FREE = ("labels", "y", "times", "lengths")

CASES = [
    Expression(
        "ctc-batch_cost-known",
        {
            "labels": KNOWN_LABELS,
            "y": KNOWN,
            "times": np.array([[5], [5]], "int32"),
            "lengths": KNOWN_LENGTHS,
        },
        cost,
        ("y",),
    ),
    Expression("ctc-batch_cost-varied", VARIED, cost, ("y",)),
    Expression("ctc-batch_cost-free", FLOATS, cost, ("y",), free=FREE, free_times=("labels", "y")),
    Expression("ctc-batch_cost-of_one", SINGLE, cost, ("y",), free=("y",)),
    Expression("ctc-batch_cost-unscaled", UNSCALED, cost, ("y",)),
    Program("ctc-batch_cost-impossible", impossible),
    Expression("ctc-label_dense_to_sparse", KEPT, sparse_labels, free=("labels", "flat"), free_times=("labels",)),
]
