"""How long an evaluation alone takes, beside other engines on the same rules and cases.

The cases are answered in full, so that two values say as much as three; everybody must first name the same rules on
all that are measured. Ours evaluates in three values all the same, and of every person.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import process_time
from typing import Final, TypeVar

from load.bench_table import Figure, Goal, Row, Section
from load.peers.two_valued import fully_answered
from load.population import Population
from load.population_cases import cases_of
from taxatie.engine.conclusion import conclude
from taxatie.engine.durable import durable_is_available
from taxatie.engine.live import FilledSheets, LiveEngine
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.names import RuleId

PROFILE: Final = "evaluating a fully answered case"
GOALS: Final = {
    "ZEN": Goal(25, is_least=True),
    "CEL": Goal(12, is_least=True),
    "Cedar": Goal(12, is_least=True),
    "durable-rules": Goal(5, is_least=True),
}
DURABLE_CASES: Final = 20
"""It takes milliseconds for each."""
NOTES: Final = (
    "Microseconds of a core for a case; the median of rounds in which everybody has its turn.",
    (
        "Ours: three-valued, from a Case to a Trace, which says of every person and rule whether it fires, may fire or "
        "does not, of concepts likewise, and the bounds of every score."
    ),
    (
        "Peers are spared what is unknown, hearsay, unlisted persons and events; they get plain values by name, made "
        "beforehand, and say which rules fire. All their rules are parsed and compiled beforehand."
    ),
    (
        "ZEN: one decision table, a row a rule, all rows that apply; loaded once (its static loader). By its manual's "
        "first page (`create_decision` with the text) it compiles again in every call."
    ),
    "CEL: one expression for a whole case. With its own context, the answers were turned into its values beforehand.",
    "Cedar: a policy a rule, the entities as JSON. With its own entities, they were parsed beforehand.",
    (
        "The rules alone: what the written functions take once the answers lie where they read them, as they lie in a "
        "context of CEL's or in parsed entities of Cedar's; persons, evaluations and the trace are made all the same."
    ),
    "The goals stand at each peer's fastest way, of those tried, that begins with plain values; ours begins so too.",
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Contender:
    """A way to evaluate a case, with everything prepared."""

    name: str
    evaluate: Sequence[Callable[[], object]]
    """One for each case."""
    goal: Goal | None = None
    profile: str = PROFILE
    alone: str = ""
    """What it is called where its facts lie ready, and ours do."""


def evaluation_section(program: Program, count: int, rounds: int, *, with_peers: bool) -> Section:
    """Return the rows about an evaluation alone."""
    answered = list(cases_of(program, fully_answered(Population(program).batch(0, count))))
    open_ones = list(cases_of(program, Population(program).batch(0, count)))
    live = LiveEngine(program)
    ours = Contender("ours", _each(live.evaluate, answered))
    beside = list(_durable(program, answered[:DURABLE_CASES]))
    if with_peers:
        beside += [*_zen(program, answered), *_cel(program, answered), *_cedar(program, answered)]
    unknown = Contender("unknown", _each(live.evaluate, open_ones))
    laid_out = Contender("the rules alone", [FilledSheets(live, case).trace for case in answered])
    micros = _micros([ours, unknown, laid_out, *beside], rounds)
    mine, half_open, rules_alone, *theirs = (Figure(each, "µs") for each in micros)
    rows = [
        Row(f"beside {each.name}", mine, its, its.value / mine.value, each.goal, each.profile)
        for each, its in zip(beside, theirs, strict=True)
    ]
    rows.append(
        Row("cases with unknown answers, beside those answered in full", half_open, mine, half_open.value / mine.value)
    )
    rows += [
        Row(f"the rules alone, {each.alone}", rules_alone, its, its.value / rules_alone.value)
        for each, its in zip(beside, theirs, strict=True)
        if each.alone
    ]
    return Section(f"Evaluation alone, {count} cases answered in full", NOTES, tuple(rows))


def _each(evaluate: Callable[[T], object], prepared: Sequence[T]) -> list[Callable[[], object]]:
    return [partial(evaluate, each) for each in prepared]


def _micros(contenders: Sequence[Contender], rounds: int) -> list[float]:
    """Return what a case takes each of them: each round goes through all of them in turn."""
    taken: list[list[float]] = [[] for _ in contenders]
    for _ in range(rounds):
        for place, contender in enumerate(contenders):
            began = process_time()
            for evaluate in contender.evaluate:
                evaluate()
            taken[place].append((process_time() - began) / len(contender.evaluate) * 1e6)
    return [median(each) for each in taken]


def expected_rules(program: Program, cases: Sequence[Case]) -> list[set[RuleId]]:
    """Return which rules fire for each case, or for somebody in it, by the live engine."""
    live = LiveEngine(program)
    return [{match.rule for match in conclude(program, case, live.evaluate(case)).fired} for case in cases]


def _agree(name: str, program: Program, cases: Sequence[Case], found: Sequence[set[RuleId]]) -> None:
    assert list(found) == expected_rules(program, cases), f"{name} names other rules"


def _durable(program: Program, cases: Sequence[Case]) -> Iterator[Contender]:
    if not durable_is_available():
        return
    from taxatie.engine.durable_evaluation import DurableEvaluation  # noqa: PLC0415  # not on every Python

    durable, live = DurableEvaluation(program), LiveEngine(program)
    assert [durable.evaluate(case) for case in cases] == [live.evaluate(case) for case in cases], "other traces"
    yield Contender("durable-rules, three-valued", _each(durable.evaluate, cases), GOALS["durable-rules"])


def _zen(program: Program, cases: Sequence[Case]) -> Iterator[Contender]:
    import zen  # noqa: PLC0415  # the peers need not be installed

    from load.peers.zen_rules import ZenRules, decision_of  # noqa: PLC0415  # as above

    rules = ZenRules.of(program)
    contexts = [rules.context(case) for case in cases]
    _agree("ZEN", program, cases, [{RuleId(str(row["rule"])) for row in rules.fired(each)} for each in contexts])
    yield Contender(
        "ZEN's decision table, loaded once", _each(rules.fired, contexts), GOALS["ZEN"], alone="beside ZEN, loaded once"
    )
    decision = zen.ZenEngine().create_decision(json.dumps(decision_of(program)))
    yield Contender("the same, from its text", _each(decision.evaluate, contexts))


def _cel(program: Program, cases: Sequence[Case]) -> Iterator[Contender]:
    from load.peers.cel_rules import CelRules  # noqa: PLC0415  # the peers need not be installed

    rules = CelRules.of(program)
    facts = [rules.facts(case) for case in cases]
    _agree("CEL", program, cases, [set(rules.fired(each)) for each in facts])
    yield Contender("CEL in Rust", _each(rules.evaluate, facts), GOALS["CEL"])
    yield Contender(
        "the same, the answers in its own context",
        _each(rules.evaluate, [rules.context(case) for case in cases]),
        alone="beside CEL in its own context",
    )


def _cedar(program: Program, cases: Sequence[Case]) -> Iterator[Contender]:
    from load.peers.cedar_rules import CedarRules  # noqa: PLC0415  # the peers need not be installed

    rules = CedarRules.of(program)
    _agree("Cedar", program, cases, [set(rules.fired(case)) for case in cases])
    asked = [rules.requests(case) for case in cases]
    together = [
        partial(rules.evaluate, [request for _, request in requests], rules.entities(case))
        for case, requests in zip(cases, asked, strict=True)
    ]
    yield Contender("cedarpy", together, GOALS["Cedar"])
    apart = [partial(rules.evaluate_apart, each, rules.parsed(case)) for case, each in zip(cases, asked, strict=True)]
    yield Contender("the same, the entities parsed before", apart, alone="beside Cedar with parsed entities")


def evaluate_all(program: Program, count: int) -> Callable[[], object]:
    """Return what evaluates as many fully answered cases, for a profile."""
    live = LiveEngine(program)
    answered = list(cases_of(program, fully_answered(Population(program).batch(0, count))))
    return lambda: [live.evaluate(case) for case in answered]
