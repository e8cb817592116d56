"""The questions that can still matter: exactly those, each with the highest level that is left when it does.

A question is listed when there is a way to settle everything else such that two answers to it give a
different level, finding, action or withholding. Most are seen to matter in worlds that are tried by the hundred;
most others are ruled out by what they would need. What neither settles is asked of a solver.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from taxatie.explain.inquiry import Inquiry
from taxatie.explain.knowledge import Knowledge
from taxatie.explain.left import REGISTERS, Key, Picks
from taxatie.explain.means import Means
from taxatie.explain.outcome import build_outcome
from taxatie.explain.ruling_out import bounds
from taxatie.explain.scene import Question, Scene
from taxatie.explain.showing import Showing
from taxatie.explain.trials import Matter
from taxatie.explain.twins import Twins
from taxatie.explain.world import World
from taxatie.rules.circuit import TRUE, Model
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY


@dataclass(frozen=True, slots=True)
class Telling:
    """A question that can matter, and the rank of the highest level that is left when it does."""

    question: Question
    rank: int


def find_open_questions(knowledge: Knowledge, scene: Scene) -> tuple[Telling, ...]:
    """Return the questions that can matter, in no particular order."""
    inquiry = Inquiry(Means(scene))
    showing = Showing(inquiry, knowledge.insight.recipes)
    showing.try_first_recipes()
    showing.try_more_recipes(showing.remaining())
    in_doubt = _still_in_doubt(showing, showing.remaining(), is_fine=False)
    showing.try_routes(in_doubt)
    in_doubt = _still_in_doubt(showing, [matter for matter, _ in in_doubt], is_fine=True)
    if in_doubt:
        _ask_solver(World(knowledge), showing, in_doubt)
    found = showing.found
    return tuple(Telling(matter.question, found[matter.key]) for matter in inquiry.matters if matter.key in found)


def _still_in_doubt(showing: Showing, matters: Sequence[Matter], *, is_fine: bool) -> list[tuple[Matter, int]]:
    """Return the questions that may reach more than they were seen to, with how far they may reach."""
    found = showing.found
    open_matters = [matter for matter in matters if found.get(matter.key, -1) < showing.inquiry.highest]
    ranks = bounds(showing.inquiry, open_matters, is_fine=is_fine)
    pairs = zip(open_matters, ranks, strict=True)
    return [(matter, rank) for matter, rank in pairs if rank > found.get(matter.key, -1)]


def _ask_solver(world: World, showing: Showing, in_doubt: Sequence[tuple[Matter, int]]) -> None:
    """Settle for certain how far questions reach that may reach more than they were seen to."""
    outcome = build_outcome(world, showing.inquiry.scene.trace)
    if not outcome.parts:
        return
    with Twins(world, outcome) as twins:
        for matter, at_most in in_doubt:
            if matter.question in world.inputs:
                told = twins.telling(matter.question, showing.found.get(matter.key, -1), at_most)
                if told is not None:
                    rank, model = told
                    showing.found[matter.key] = rank
                    showing.learn(matter, _picks(world, showing.means, model), rank)


def _picks(world: World, means: Means, model: Model) -> Picks:
    """Return the answers of a world that the solver found."""
    scene = means.scene
    found: dict[Key, int] = {}
    for (name, whose), values in world.values.items():
        slots, start = scene.outlook.slots[name], means.starts[scene.places[whose]]
        chosen = next(stretch for stretch, literal in values if literal == TRUE or model.holds(literal))
        place = next(slot for slot, each in zip(slots.all, slots.stretches, strict=True) if chosen.start in each)
        found[start + slots.first] = start + place
    for (name, whose), variables in world.inputs.items():
        shown = sum(map(model.holds, variables))
        if name == EVERYONE_LISTED:
            found[-1 - scene.places[whose]] = shown
        elif name == HISTORY:
            found[REGISTERS] = int(2 * shown > len(variables))
    return found
