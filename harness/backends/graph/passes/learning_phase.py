"""A graph for one learning phase: only that branch of each in_train_phase."""

from harness.backends.graph.traversal import substitute


def chosen(phase, value, outputs, updates):
    """(outputs, updates) as they are when the placeholder `phase` holds `value`.

    Parameters
    ----------
    phase : Tensor
    value : bool
    outputs : list of Tensor
    updates : list of (variable, Tensor)
    """

    def branch(operation):
        if operation.name == "in_train_phase" and operation.inputs[0] is phase:
            return operation.inputs[1 if value else 2]
        return None

    targets = substitute(outputs + [new for _, new in updates], {}, branch)
    variables = [variable for variable, _ in updates]
    return list(targets[: len(outputs)]), list(zip(variables, targets[len(outputs) :]))
