"""A graph for one learning phase: of each in_train_phase the one branch, so that the other is not computed."""

from harness.backends.graph import everything, renew, schedule


def chosen(phase, value, outputs, updates):
    """(outputs, updates) as they are when the placeholder `phase` holds `value`.

    Parameters
    ----------
    phase : Tensor
    value : bool
    outputs : list of Tensor
    updates : list of (variable, Tensor)
    """
    variables, targets = [variable for variable, _ in updates], outputs + [new for _, new in updates]
    renewed = {}
    for operation in schedule(targets, everything):
        if operation.name == "in_train_phase" and operation.inputs[0] is phase:
            branch = operation.inputs[1 if value else 2]
            renewed[operation.outputs[0]] = renewed.get(branch, branch)
        elif any(child in renewed for child in everything(operation)):
            renew(operation, renewed)
    targets = [renewed.get(tensor, tensor) for tensor in targets]
    return targets[: len(outputs)], list(zip(variables, targets[len(outputs) :]))
