"""Run in CNTK's environment: how many nodes of each type, and casts, the workloads' functions have, as JSON."""

import collections
import importlib
import json
import runpy
import sys
from pathlib import Path

import numpy as np
from cntk.logging.graph import depth_first_search

runpy.run_path(str(Path(sys.argv[1], "bootstrap.py")))["install"]()

# after bootstrap, which lets -I find the package
from harness.backends import api as K  # noqa: E402
from harness.backends.engines import registry  # noqa: E402
from harness.workloads.modeling.training import Model  # noqa: E402

SAMPLES = 4


def nodes(function, arrays):
    """The nodes of all that CNTK computes in a call."""
    function(arrays)
    (compiled,) = function.compiled.values()
    (plan,) = compiled.plans.values()
    for stage in plan.stages:
        yield from depth_first_search(stage.function, lambda node: True)


def counted(workload):
    """Name of a type, or "casts" -> number of nodes, in training and evaluation."""
    K.set_image_dim_ordering(registry.use("cntk", "cpu", 2).dim_ordering)
    declared = importlib.import_module("harness.workloads." + workload).WORKLOAD
    model = Model(declared, declared.editions["2015-12"], np.random.RandomState(1))
    arrays = [np.ones((SAMPLES, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]
    found = collections.Counter()
    for function in (model.train_function(), model.test_function()):
        for node in nodes(function, arrays):
            found.update(output.dtype.__name__ for output in getattr(node, "outputs", [node]))
            found["casts"] += getattr(node, "op_name", None) == "Cast"
    return found


sys.stdout.write(json.dumps({name: counted(name) for name in ("mnist_mlp", "mnist_cnn", "imdb_lstm")}))
