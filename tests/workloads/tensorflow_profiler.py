"""What TensorFlow's own profiler counts in a training step written by hand for it.

usage: python -I tensorflow_profiler.py WORKLOAD

Prints a JSON object: operation -> floating-point operations of a batch, as TensorFlow says them.
"""

import importlib
import json
import runpy
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {
    "mnist_mlp": (lambda n: np.zeros((n, 784), "float32"), lambda n: np.zeros((n, 10), "float32")),
    "mnist_cnn": (lambda n: np.zeros((n, 28, 28, 1), "float32"), lambda n: np.zeros((n, 10), "float32")),
    "imdb_lstm": (lambda n: np.zeros((n, 100), "int32"), lambda n: np.zeros((n, 1), "float32")),
}


def graph_of(name):
    """The graph of a training step's loss and gradients, without what nobody asks for."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import contender

    workload = importlib.import_module("harness.workloads." + name).WORKLOAD
    edition = workload.editions["2015-12"]
    made = contender.contender_class({"contender": "native/tensorflow", "workload": name, "packages": None})
    weights = contender.canonical_weights(workload, edition, 0)
    x, y = (make(edition.batch_size) for make in SAMPLES[name])
    trainer = made(weights, x, y, edition.batch_size, False, 1, 0)
    with trainer.graph.as_default():
        loss, _, gradients = trainer.step(tf.identity(trainer.x), tf.identity(trainer.y))
    wanted = [tensor.op.name for tensor in [loss, *gradients]]
    pruned = tf.Graph()
    with pruned.as_default():
        tf.import_graph_def(tf.compat.v1.graph_util.extract_sub_graph(trainer.graph.as_graph_def(), wanted), name="")
    return pruned


def totals(node):
    """{kind of operation: floating-point operations} of a node and all below it."""
    found = {node.name: node.float_ops} if node.float_ops else {}
    for child in node.children:
        found.update(totals(child))
    return found


if __name__ == "__main__":
    runpy.run_path(str(ROOT / "harness" / "worker" / "bootstrap.py"))["install"]()
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation()).with_empty_output()
    found = totals(profiler.profile(graph_of(sys.argv[1]), cmd="op", options=options.build()))
    sys.stdout.write(json.dumps(found))
