"""What the CNTK engine promises besides right numbers."""

from __future__ import annotations

from collected import answer


def test_cntk_makes_optimizer_steps_with_its_own_learners():
    learners = answer("cntk", "--only", "state-training-*").settings["learners"]
    assert learners == 6, "RMSprop, Adadelta and Adam, on a weight of a product and on rows of a table"


def test_cntk_learner_gives_up_what_a_graph_reads():
    assert answer("cntk", "--only", "state-interrupted-*").settings["learners"] == 0
