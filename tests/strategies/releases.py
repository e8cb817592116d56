"""Whole releases at random, as the documents that the language asks for."""

from dataclasses import replace

from hypothesis import strategies as st

from tests.strategies.choices import Choices, Drawn
from tests.strategies.conditions import ConditionMaker
from tests.strategies.plans import CASE, Plain, PlainRelease, Sizes
from tests.strategies.vocabularies import (
    ACTIONS,
    LEVELS,
    PARAMETERS,
    WITHHOLDABLE,
    VocabularyMaker,
    make_concept,
    make_score,
    text,
)

FULL = Sizes()
"""The sizes for comparing engines."""

SMALL = Sizes(
    subjects=(0, 2),
    signals=(2, 5),
    concepts=(0, 2),
    scores=(0, 1),
    rulesets=(1, 2),
    rules=(1, 3),
    depth=2,
    highest_number=2,
    windows=("1 weeks", "1 months"),
    event_kinds=(0, 1),
    at_least_events=2,
    persons=(0, 2),
    events=(0, 2),
    has_unknown=False,
)
"""The sizes for trying every way in which a case may turn out."""

STEADY = replace(SMALL, has_unknown_in_rules=False, has_rising=False)
"""Small, and nothing in it is undone by a further answer or event."""

_RULESETS = ("first-look", "second-look", "third-look")
_REGIONS = ("noord", "zuid")
_HOLIDAYS = ("2026-04-06", "2026-04-27", "2026-05-05", "2026-12-25", "2027-01-01", "2028-03-01")


def make_release(choices: Choices, sizes: Sizes = FULL) -> PlainRelease:
    """Return a release of the language."""
    maker = VocabularyMaker(choices, sizes)
    documents: dict[str, Plain] = {"vocabulary/1.0.0.yaml": maker.vocabulary()}
    names = _RULESETS[: choices.integer(*sizes.rulesets)]
    for number, name in enumerate(names):
        documents[f"{name}/1.0.0.yaml"] = _ruleset(maker, number, name)
    regions = _REGIONS[: choices.integer(0, len(_REGIONS))]
    for region in regions:
        documents[f"regions/{region}/1.0.0.yaml"] = _region(maker, region)
    has_calendar = choices.chance(50)
    if has_calendar:
        documents["calendar/1.0.0.yaml"] = {"calendar": "1.0.0", "holidays": list(_HOLIDAYS)}
    documents["releases/made.yaml"] = _release(names, regions, has_calendar=has_calendar)
    pool = maker.pool
    signals = tuple(signal for signal in pool.signals if signal.name != "mode")
    return PlainRelease("made", documents, tuple(pool.subjects), signals, tuple(pool.kinds), regions, sizes)


@st.composite
def releases(draw: st.DrawFn, sizes: Sizes = FULL) -> PlainRelease:
    """Return releases for hypothesis."""
    return make_release(Drawn(draw), sizes)


def _release(names: tuple[str, ...], regions: tuple[str, ...], *, has_calendar: bool) -> Plain:
    release: Plain = {
        "release": "made",
        "title": text("Made at random"),
        "in_force_from": "2026-01-01",
        "vocabulary": "1.0.0",
        "rulesets": dict.fromkeys(names, "1.0.0"),
        "regions": dict.fromkeys(regions, "1.0.0"),
        "approved_by": ["policy-owner", "second-reader"],
    }
    if has_calendar:
        release["calendar"] = "1.0.0"
    return release


def _region(maker: VocabularyMaker, name: str) -> Plain:
    parameters = {parameter: maker.term() for parameter in maker.choices.several(PARAMETERS, 0, 2)}
    return {"region": name, "version": "1.0.0", "title": text(name), "parameters": parameters}


def _ruleset(vocabulary: VocabularyMaker, number: int, name: str) -> Plain:
    choices, sizes = vocabulary.choices, vocabulary.sizes
    subject = choices.pick((CASE, *vocabulary.pool.subjects, *vocabulary.pool.subjects))
    may_ask = sizes.has_unknown_in_rules
    maker = ConditionMaker(choices, vocabulary.pool.copy(), sizes, subject, may_ask_unknown=may_ask)
    concepts = [make_concept(maker, f"own_{number}_{index}") for index in range(choices.integer(0, 2))]
    scores = [make_score(maker, f"own_sum_{number}_{index}") for index in range(choices.integer(0, 1))]
    rules = [_rule(maker, f"R{'ABC'[number]}-{index:02}") for index in range(choices.integer(*sizes.rules))]
    return {
        "ruleset": name,
        "version": "1.0.0",
        "title": text(name),
        "subject": subject,
        "owner": "policy-owner",
        "review_by": "2030-12-31",
        "changes": text("First version."),
        "concepts": concepts,
        "scores": scores,
        "rules": rules,
        "safeguards": [],
    }


def _rule(maker: ConditionMaker, name: str) -> Plain:
    choices = maker.choices
    rule: Plain = {
        "id": name,
        "title": text(name),
        "when": maker.condition(),
        "because": text("Because."),
        "own_proposal": "made at random",
    }
    if choices.chance(75):
        rule["level"] = choices.pick(LEVELS)
    if choices.chance(35):
        rule["withhold"] = choices.several(WITHHOLDABLE, 1, 2)
    if choices.chance(50) or not {"level", "withhold"} & set(rule):
        rule["actions"] = choices.several(ACTIONS, 1, 3)
    return rule
