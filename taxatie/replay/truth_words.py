"""A place within a row of truths, named by the rule or the concept that it is about."""

import re
from typing import Final

from taxatie.replay.difference import Place
from taxatie.rules.program import Program

_DIGIT: Final = re.compile(r"trace\.evaluations\[(\d+)\]\.(rules|concepts)\[(\d+)\]")
_TRUTHS: Final = {"0": "fails", "1": "cannot tell", "2": "holds"}


def truth_place(program: Program, reached: dict[str, object], place: Place) -> Place:
    """Return the place by the name of the rule or concept whose truth differs; another place as it is.

    Args:
        program: The release.
        reached: The record as the replay writes it: whatever the one on record says, this one fits the release.
        place: The place.
    """
    match = _DIGIT.fullmatch(place.path)
    if match is None or place.recorded is None or place.reached is None:
        return place
    trace = reached["trace"]
    assert isinstance(trace, dict), "a record holds its trace"
    evaluation = trace["evaluations"][int(match[1])]
    scope = program.scopes[evaluation["scope"]]
    things = scope.rules if match[2] == "rules" else scope.concepts
    name = things[int(match[3])].id
    whose = "" if evaluation["person"] is None else f" of {evaluation['person']}"
    path = f"trace.evaluations[{match[1]}].{match[2]}[{name}{whose}]"
    return Place(path, _TRUTHS[place.recorded], _TRUTHS[place.reached])
