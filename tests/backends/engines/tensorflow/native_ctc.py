"""Run in TensorFlow's environment: prints, as JSON, what K and TensorFlow's own CTC functions make of random inputs."""

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

runpy.run_path(str(Path(sys.argv[1], "bootstrap.py")))["install"]()

# after bootstrap, which lets -I find the package
from harness.backends import api as K  # noqa: E402
from harness.backends.engines import registry  # noqa: E402

BATCH, TIMES, CLASSES, TOP = 12, 7, 4, 3
BLANK = CLASSES - 1
random = np.random.RandomState(7)
scores = random.uniform(-2, 2, (BATCH, TIMES, CLASSES)).astype("float32")
y = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
times = random.randint(5, TIMES + 1, BATCH).astype("int32")
lengths = random.randint(0, 4, BATCH).astype("int32")  # at most 3 labels fit, equal ones too
labels = random.randint(0, BLANK, (BATCH, 3)).astype("int32")


def native_costs():
    """The loss of TensorFlow's own."""
    return tf.nn.ctc_loss(labels, tf.math.log(y), lengths, times, logits_time_major=False, blank_index=BLANK).numpy()


def native_paths(decode):
    """Labels with -1 behind, and the scores, of a decoder that takes time first."""
    sparse, scores = decode(tf.transpose(tf.math.log(y + 1e-8), (1, 0, 2)), times)
    return [tf.sparse.to_dense(each, -1).numpy().tolist() for each in sparse], scores.numpy().tolist()


with tf.init_scope():
    native = {
        "costs": native_costs().tolist(),
        "greedy": native_paths(tf.nn.ctc_greedy_decoder),
        "beam": native_paths(lambda logits, ends: tf.nn.ctc_beam_search_decoder(logits, ends, 50, TOP)),
    }

registry.use("tensorflow", "cpu", 1)
shown = [K.placeholder(shape=array.shape, dtype=array.dtype.name) for array in (labels, y, times, lengths)]
decoded = K.ctc_decode(shown[1], shown[2]), K.ctc_decode(shown[1], shown[2], False, 50, TOP)
cost = K.ctc_batch_cost(shown[0], shown[1], K.expand_dims(shown[2]), K.expand_dims(shown[3]))
outputs = [cost] + [tensor for paths, score in decoded for tensor in [*paths, score]]
found = [array.tolist() for array in K.function(shown, outputs)([labels, y, times, lengths])]
ours = {"costs": np.ravel(found[0]).tolist(), "greedy": [found[1:2], found[2]], "beam": [found[3:6], found[6]]}
sys.stdout.write(json.dumps({"native": native, "ours": ours}))
