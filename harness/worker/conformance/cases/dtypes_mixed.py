"""float32 and float64 in one graph, each of them in every run."""

from harness.worker.conformance.cases.dtypes_float64 import SEQUENCE, STATE
from harness.worker.conformance.forms import Expression, draw


def through_casts(K, P, x, w):
    """Products of both float types, each cast to the other and used elsewhere too."""
    wide, narrow = K.cast(x, "float64"), K.cast(w, "float32")
    return {"wide": wide * w + K.square(w), "narrow": narrow * x + x, "again": K.cast(wide * w, "float32") * narrow}


def crossing(K, P, x, h, c):
    """A float32 and a float64 state that each goes into the other."""
    element, narrow = (P.placeholder((2, 4), "float32") for _ in range(2))
    wide = P.placeholder((2, 4), "float64")
    new_wide = K.tanh(wide + K.cast(narrow, "float64") / 3)
    new_narrow = element * K.cast(wide, "float32") + narrow / 2
    body = P.Body((element,), (narrow, wide), (), (new_narrow,), (new_narrow, new_wide))
    outputs, last, last_wide = P.scan(body, [x], [h, c], [])
    return {"outputs": outputs, "last": last, "wide": last_wide}


CASES = [
    Expression(
        "dtypes-mixed-gradient",
        {"x": draw(3, 4, seed=560).astype("float32"), "w": draw(4, seed=561)},
        through_casts,
        wrt=("x", "w"),
        smooth=False,
        kept=("w",),
    ),
    Expression(
        "dtypes-mixed-scan",
        {"x": SEQUENCE.astype("float32"), "h": STATE.astype("float32"), "c": draw(2, 4, seed=562)},
        crossing,
        wrt=("x", "h", "c"),
        smooth=False,
        kept=("c",),
    ),
]
