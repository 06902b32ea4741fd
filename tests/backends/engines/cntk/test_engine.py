"""What the CNTK engine promises besides right numbers."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conformance.collected import answer, output_of

HERE = Path(__file__).parent


def test_cntk_makes_optimizer_steps_with_its_own_learners():
    learners = answer("cntk", only="state-training-*").settings["learners"]
    assert learners == 6, "RMSprop, Adadelta and Adam, on a weight of a product and on rows of a table"


def test_cntk_learner_gives_up_what_a_graph_reads():
    assert answer("cntk", only="state-interrupted-*").settings["learners"] == 0


def test_cntk_computes_the_workloads_in_float32_without_casts():
    """Their words' numbers are integers, the places that accuracy compares too; neither makes a node of its own."""
    counted = json.loads(output_of(HERE / "count_nodes.py", "cntk").splitlines()[-1])
    assert len(counted) == 3
    for workload, nodes in counted.items():
        assert nodes.pop("float32") > 100, workload
        assert not any(nodes.values()), (workload, nodes)
