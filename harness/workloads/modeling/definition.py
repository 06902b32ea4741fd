"""What a workload module declares, as `WORKLOAD`."""

from typing import Callable, Dict, NamedTuple, Optional


class Edition(NamedTuple):
    """The hyper-parameters of one year's script; `layers` and `optimizer` make new ones."""

    layers: Callable
    optimizer: Callable
    batch_size: int
    epochs: int


class Workload(NamedTuple):
    """A model with its data.

    data_kind: images, reviews or numbers; the orchestrator reads it and the keys of `editions`, literals, in the source
    input_shape: () -> shape of one sample, in K's image layout
    input_dtype: None for floatx
    inputs, targets: the prepared arrays -> the arrays that the model takes
    loss: a name of training.LOSSES
    editions: year -> Edition
    tolerance: figure of worker/parity.py -> relative deviation that float32 explains; docs/design/parity.md derives it
    """

    data_kind: str
    input_shape: Callable
    input_dtype: Optional[str]
    inputs: Callable
    targets: Callable
    loss: str
    editions: Dict[str, Edition]
    tolerance: Dict[str, float]
