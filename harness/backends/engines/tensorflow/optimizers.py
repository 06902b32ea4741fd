"""TensorFlow's own kernels for optimizer steps; each rounds differently from its formula, nothing else."""

import numpy as np
import tensorflow as tf


def rmsprop(engine, step, gradient, lr):
    """The kernel wants a momentum, which stays without effect."""
    return tf.raw_ops.ResourceApplyRMSProp(
        var=engine.state(step.p.operation).handle,
        ms=engine.state(step.accumulators[0].operation).handle,
        mom=engine.scratch(step.p.operation).handle,
        lr=lr,
        rho=_number(step, "rho"),
        momentum=np.zeros((), step.p.dtype),
        epsilon=_number(step, "epsilon"),
        grad=gradient,
    )


def adadelta(engine, step, gradient, lr):
    """As the formula."""
    return tf.raw_ops.ResourceApplyAdadelta(
        var=engine.state(step.p.operation).handle,
        accum=engine.state(step.accumulators[0].operation).handle,
        accum_update=engine.state(step.accumulators[1].operation).handle,
        lr=lr,
        rho=_number(step, "rho"),
        epsilon=_number(step, "epsilon"),
        grad=gradient,
    )


def adam(engine, step, gradient, lr):
    """With the powers at 0 the kernel's own correction is 1."""
    nothing = np.zeros((), step.p.dtype)
    return tf.raw_ops.ResourceApplyAdam(
        var=engine.state(step.p.operation).handle,
        m=engine.state(step.accumulators[0].operation).handle,
        v=engine.state(step.accumulators[1].operation).handle,
        beta1_power=nothing,
        beta2_power=nothing,
        lr=lr,
        beta1=_number(step, "b1"),
        beta2=_number(step, "b2"),
        epsilon=_number(step, "epsilon"),
        grad=gradient,
    )


def _number(step, name):
    """A number of the formula in the weight's dtype."""
    return np.asarray(step.numbers[name], step.p.dtype)


# Formula's name -> (engine, step, gradient, lr) to the native operation that makes the step in place.
KERNELS = {"rmsprop": rmsprop, "adadelta": adadelta, "adam": adam}
