"""TX414: a rule that asks what is unknown the other way round may go beyond the ceiling.

What is unknown only ever becomes known. Under `none` that can make a rule hold that did not seem possible,
so that the case ends above the ceiling that was shown.
"""

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.checker import CheckedRelease
from taxatie.rules.condition import (
    All,
    Any,
    AtLeast,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Every,
    Not,
    ScoreBetween,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.rules.program import Program


def check_beyond_ceiling(checked: CheckedRelease, program: Program, diagnostics: Diagnostics) -> None:
    """Report rules with a level whose `unknown` stands under `none`, also through a concept."""
    scopes = [scope for scope in program.scopes if scope.ruleset is not None]
    for text, scope in zip(checked.texts.rulesets, scopes, strict=True):
        for index, rule in enumerate(scope.rules):
            if rule.level is not None and _turns(program, rule.condition, mirrored=False):
                message = f"rule `{rule.id}` may take a case beyond its ceiling once an answer is known"
                hint = "test the answer itself rather than that it is known"
                text.fault(diagnostics, ("rules", index, "when"), Code.BEYOND_CEILING, message, hint)


def _turns(program: Program, condition: Condition, *, mirrored: bool) -> bool:
    """Return whether the condition can come to hold because something becomes known."""
    match condition:
        case SignalUnknown() | ConceptUnknown() | ScoreUnknown():
            return mirrored
        case Not(part):
            return _turns(program, part, mirrored=not mirrored)
        case All(parts) | Any(parts) | AtLeast(_, parts):
            return any(_turns(program, part, mirrored=mirrored) for part in parts)
        case Some(_, part) | Every(_, part):
            return _turns(program, part, mirrored=mirrored)
        case ConceptHolds(concept):
            return _turns(program, program.concepts[concept].condition, mirrored=mirrored)
        case ScoreBetween(score):
            items = program.scores[score].items
            return any(_turns(program, item.condition, mirrored=way) for item in items for way in (True, False))
        case _:
            return False
