"""What several workers' answers to a reload mean together."""

import json

import pytest

from taxatie.service.live_releases import Reloaded
from taxatie.supervisor.reloading import agree, read_reloaded, reloaded_to_says, together

TAKEN = Reloaded("one", "new", ("one",), ())
OTHER = Reloaded("one", "newer", ("one",), ())
REFUSED = Reloaded("one", "old", ("one",), ("a.yaml:1:1: TX201 no",))


@pytest.mark.parametrize(
    ("answers", "is_one", "faults"),
    [
        ({0: TAKEN, 1: TAKEN}, True, ()),
        ({0: REFUSED, 1: REFUSED}, True, REFUSED.faults),
        ({0: TAKEN, 1: REFUSED}, False, ("worker 1: a.yaml:1:1: TX201 no",)),
        ({0: None, 1: TAKEN}, False, ("worker 0: it gave no answer",)),
        ({0: TAKEN, 1: OTHER}, False, ("the workers serve different releases",)),
        ({}, False, ("no worker serves now; who begins reads the folder as it is then",)),
        ({0: None}, False, ("no worker serves now; who begins reads the folder as it is then",)),
    ],
)
def test_a_reload_is_taken_only_where_all_took_the_same(
    answers: dict[int, Reloaded | None],
    is_one: bool,  # noqa: FBT001  # a column of the table
    faults: tuple[str, ...],
) -> None:
    assert agree(answers) is is_one
    assert together(answers).faults == faults


@pytest.mark.parametrize("reloaded", [TAKEN, REFUSED])
def test_an_answer_comes_over_the_line_as_it_was(reloaded: Reloaded) -> None:
    assert read_reloaded(json.loads(json.dumps(reloaded_to_says(reloaded)))) == reloaded
