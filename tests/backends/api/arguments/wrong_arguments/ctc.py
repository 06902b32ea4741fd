"""Label sequences: their loss, decoding, and Theano's steps."""

from __future__ import annotations

from tests.backends.api.arguments.wrong_arguments.forms import (
    NO_FLAG,
    NO_INT,
    NO_NUMBER,
    NO_TENSOR,
    Function,
    integers,
    shapes,
    tensor,
    types,
)

Y = tensor(2, 5, 4)
NO_LENGTHS = NO_TENSOR + shapes(integers(), integers(3), integers(2, 2), integers(2, 1, 1))
NO_SERIES = NO_TENSOR + types(integers(2, 5, 4)) + shapes(tensor(5, 4), tensor(3, 5, 4), tensor(2, 5, None))
NO_PREDICTION = NO_TENSOR + types(integers(5, 4)) + shapes(Y, tensor(5, None))
NO_LABELS = NO_TENSOR + types(tensor(3), tensor(3, dtype="bool")) + shapes(integers(), integers(3, 1), integers(None))
NO_PLACES = NO_TENSOR + types(integers(7)) + shapes(tensor(7, 1), tensor(6), tensor(None))

FUNCTIONS = {
    "ctc_batch_cost": Function(
        {"y_true": integers(2, 3), "y_pred": Y, "input_length": integers(2, 1), "label_length": integers(2, 1)},
        {
            "y_true": NO_TENSOR + shapes(integers(3), integers(3, 3)),
            "y_pred": NO_SERIES,
            "input_length": NO_LENGTHS,
            "label_length": NO_LENGTHS,
        },
    ),
    "ctc_decode": Function(
        {"y_pred": Y, "input_length": integers(2), "greedy": False},
        {
            "y_pred": NO_TENSOR + types(integers(2, 5, 4)) + shapes(tensor(5, 4), tensor(3, 5, 4)),
            "input_length": NO_LENGTHS,
            "greedy": NO_FLAG,
            "beam_width": NO_INT + shapes(0),
            "top_paths": NO_INT + shapes(0, 101),
        },
    ),
    "ctc_label_dense_to_sparse": Function(
        {"labels": integers(2, 3), "label_lengths": integers(2)},
        {"labels": NO_TENSOR + shapes(integers(3), integers(3, 3)), "label_lengths": NO_LENGTHS},
    ),
    "ctc_interleave_blanks": Function({"Y": integers(3)}, {"Y": NO_LABELS}),
    "ctc_create_skip_idxs": Function({"Y": integers(7)}, {"Y": NO_LABELS}),
    "ctc_update_log_p": Function(
        {
            "skip_idxs": integers(2),
            "zeros": tensor(7),
            "active": integers(),
            "log_p_curr": tensor(7),
            "log_p_prev": tensor(7),
        },
        {
            "skip_idxs": NO_LABELS,
            "zeros": NO_PLACES,
            "active": NO_TENSOR + types(tensor()) + shapes(integers(1)),
            "log_p_curr": NO_PLACES,
            "log_p_prev": NO_PLACES,
        },
    ),
    "ctc_path_probs": Function(
        {"predict": tensor(5, 4), "Y": integers(7)},
        {"predict": NO_PREDICTION, "Y": NO_LABELS, "alpha": NO_NUMBER + shapes(-0.1, 1.5)},
    ),
    "ctc_cost": Function({"predict": tensor(5, 4), "Y": integers(3)}, {"predict": NO_PREDICTION, "Y": NO_LABELS}),
}
