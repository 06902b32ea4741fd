"""What a workload asks of the processor: the floating-point operations of a sample."""

import numpy as np

from harness.backends.graph import flop_count
from harness.workloads.modeling.training import Model


def per_sample(workload, edition):
    """{train_per_sample, evaluation_per_sample}: operations of a whole batch, shared out among its samples.

    A training step is forward, backward and update. They are counted in the model's graph, made once more for batches
    of one size. None: the graph cannot be counted.
    """
    batch = edition.batch_size
    model = Model(workload, edition, np.random.RandomState(0), batch=batch)
    step = list(model.training) + [new for _, new in model.updates]
    try:
        counts = {
            "train_per_sample": flop_count.count(step),
            "evaluation_per_sample": flop_count.count(model.evaluation),
        }
    except flop_count.Uncountable:
        return None
    return {name: count / batch for name, count in counts.items()}
