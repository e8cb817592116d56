"""The open questions of a case, by trying every world: none too many, none too few."""

from tests.oracle.worlds import Outcome, Question, Worlds


def open_questions(worlds: Worlds) -> dict[Question, int]:
    """Return the questions that can matter, each with the place of the highest level it could reach.

    A question can matter where the worlds that differ in nothing else come to different outcomes.
    """
    outcomes = dict(worlds.all())
    found: dict[Question, int] = {}
    for position, variable in enumerate(worlds.variables):
        by_rest: dict[tuple[int, ...], list[Outcome]] = {}
        for answers, outcome in outcomes.items():
            by_rest.setdefault(answers[:position] + answers[position + 1 :], []).append(outcome)
        telling = [outcome.level for ways in by_rest.values() if len(set(ways)) > 1 for outcome in ways]
        if telling:
            found[variable.question] = max(telling)
    return found
