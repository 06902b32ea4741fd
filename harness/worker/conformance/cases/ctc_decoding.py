"""The labels behind probabilities: along the best path, and by a search with a beam."""

import numpy as np

from harness.worker.conformance.cases.ctc import KNOWN, probabilities
from harness.worker.conformance.forms import Expression


def decoded(**arguments):
    """K.ctc_decode with these arguments."""

    def build(K, P, y, lengths):
        labels, scores = K.ctc_decode(y, lengths, **arguments)
        named = {"labels_%d" % place: each for place, each in enumerate(labels)}
        return dict(named, scores=scores)

    return build


# the best classes of each time: a a blank a | blank blank b b | a b a b, blank last
PATH = np.array([[0, 0, 2, 0], [2, 2, 1, 1], [0, 1, 0, 1]])
CLEAR = 0.1 + 0.7 * np.eye(3)[PATH] + 0.01 * probabilities(3, 4, 3, seed=600)
SHORT = {"y": CLEAR, "lengths": np.array([4, 3, 1], "int32")}
UNCLEAR = {"y": probabilities(4, 4, 3, seed=601), "lengths": np.array([4, 4, 2, 3], "int32")}
UNSCALED = {"y": 3.0 * UNCLEAR["y"], "lengths": UNCLEAR["lengths"].reshape(4, 1)}
# most probable is nothing; all paths to the one label 0 are together more probable: a beam of one does not see it
HIDDEN = {
    "y": np.array([[[0.4, 0.0, 0.6], [0.4, 0.0, 0.6]], [[0.3, 0.25, 0.45], [0.35, 0.2, 0.45]]]),
    "lengths": np.array([2, 2], "int64"),
}
ONE = {"y": KNOWN[1:], "lengths": np.array([5], "int32")}

CASES = [
    Expression("ctc_decoding-greedy", SHORT, decoded()),
    Expression("ctc_decoding-greedy-free", UNCLEAR, decoded(greedy=True), free=("y", "lengths"), free_times=("y",)),
    Expression("ctc_decoding-greedy-unscaled", UNSCALED, decoded()),
    Expression("ctc_decoding-beam", SHORT, decoded(greedy=False)),
    Expression("ctc_decoding-beam-top_paths", UNCLEAR, decoded(greedy=False, top_paths=3), free=("y",)),
    Expression("ctc_decoding-beam-unscaled", UNSCALED, decoded(greedy=False, beam_width=40, top_paths=2)),
    Expression("ctc_decoding-beam-hidden", HIDDEN, decoded(greedy=False, beam_width=3)),
    Expression("ctc_decoding-beam-narrow", HIDDEN, decoded(greedy=False, beam_width=1)),
    Expression("ctc_decoding-beam-of_two", UNCLEAR, decoded(greedy=False, beam_width=2, top_paths=2)),
    Expression("ctc_decoding-beam-of_one_sample", ONE, decoded(greedy=False, top_paths=2), free_times=("y",)),
]
