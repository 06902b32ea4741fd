"""The labels that a sequence of class probabilities most likely stands for. Computed with NumPy on every backend."""

from harness.backends.api.arguments import checks
from harness.backends.api.ctc.beam_search import beam_paths, greedy_path
from harness.backends.api.ctc.loss import lengths
from harness.backends.errors import ShapeMismatch
from harness.backends.graph import primitives
from harness.backends.graph.dynamic_sizes import DimensionOf


def ctc_decode(y_pred, input_length, greedy=True, beam_width=100, top_paths=1):
    """The labels behind a sequence of probabilities, repeated ones joined and blanks left out.

    Parameters
    ----------
    y_pred : tensor, (batch, time, classes)     probabilities, as softmax gives them; blank is the last class
    input_length : tensor, (batch,)             how many time steps of each sample count
    greedy : bool                               the best class of each time step; else a search with a beam
    beam_width : int                            label sequences that the search keeps at each time step
    top_paths : int                             label sequences that it returns, the most probable first
    Returns
    -------
    (list of tensors, (batch, longest), int64; tensor)     labels, -1 behind those that are shorter than the longest of
                                                their tensor: one tensor, or top_paths of them, each with its own width;
                                                greedy: (batch, 1), minus the logarithm of the path's probability;
                                                else (batch, top_paths), the logarithms of the labels' probabilities
    Raises
    ------
    ShapeMismatch                               ranks do not fit, a number is below 1, or more paths than beams

    Notes
    -----
    Numerics: 1e-8 is added to the probabilities before the logarithm; the search normalises them again. No gradient.
    Differs:  missing under Theano in Keras 1.2.2. The search of its TensorFlow joins equal labels that a blank parts:
              no doubled letter survives; here it does. TensorFlow 1.0 gave the search's logarithms relative to those of
              each time step's best class; here, as in TensorFlow today, they are those of the probabilities.
    Source:   keras 1.2.2, keras/backend/tensorflow_backend.py, ctc_decode.
    """
    op = "ctc_decode"
    y_pred = checks.ranked(op, checks.of_floats(op, y_pred, "y_pred"), 3, "y_pred", "(batch, time, classes)")
    times = primitives.squeeze(lengths(op, "input_length", input_length, ("y_pred", y_pred)), 1)
    batch = DimensionOf(0)
    paths, width = checks.whole(op, "top_paths", top_paths, 1), checks.whole(op, "beam_width", beam_width, 1)
    if checks.flag(op, "greedy", greedy):
        specs = [((batch, None), "int64"), ((batch, 1), y_pred.dtype)]
        found = primitives.host(greedy_path, (y_pred, times), specs, op)
        return [found[0]], found[1]
    if paths > width:
        raise ShapeMismatch(
            "%s: more paths than the search keeps. Expected top_paths <= beam_width. Received top_paths=%d, "
            "beam_width=%d." % (op, paths, width)
        )
    specs = [((batch, None), "int64")] * paths + [((batch, paths), y_pred.dtype)]
    found = primitives.host(beam_paths(width, paths), (y_pred, times), specs, op)
    return list(found[:-1]), found[-1]
