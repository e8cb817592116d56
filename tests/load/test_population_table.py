"""The population as planes is the same population; and the peers' rules, where two values do, say the same."""

import numpy as np
import polars as pl
import pytest

from load.peers.polars_rules import level_expression
from load.peers.two_valued import another_release, fully_answered
from load.peers.values import values_of
from load.population import Population
from load.population_cases import cases_of
from load.population_table import planes_of, slots_for, table_of
from taxatie.engine.columns_table import unpack
from taxatie.engine.columns_tabulate import tabulate
from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.rules.program import Program
from tests.content.test_safeguards import PROGRAM
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_release

ROWS = 300
MADE_UP = [program_of(random_release(seed)) for seed in (0, 1, 2, 3)]


@pytest.mark.parametrize("program", [PROGRAM, *MADE_UP], ids=["shipped", "0", "1", "2", "3"])
def test_planes_are_those_of_the_cases(program: Program) -> None:
    """Made straight from the dice, without a case between: millions would take hours."""
    batch = Population(program, seed=2).batch(100, ROWS)
    straight = table_of(program, batch)

    by_case = tabulate(program, list(cases_of(program, batch)), slots_for(program))

    assert straight.layout == by_case.layout
    for name, plane in planes_of(straight).items():
        assert unpack(plane, ROWS).tolist() == unpack(planes_of(by_case)[name], ROWS).tolist(), name
    assert straight.reference_days.tolist() == by_case.reference_days.tolist()
    for each in ("rows", "kinds", "days", "persons"):
        assert getattr(straight.events, each).tolist() == getattr(by_case.events, each).tolist()


@pytest.mark.parametrize("program", [PROGRAM, another_release(PROGRAM), *MADE_UP], ids=["shipped", "draft", *"0123"])
def test_polars_gives_the_levels_of_fully_answered_cases(program: Program) -> None:
    """The comparison is fair only where both compute the same."""
    batch = fully_answered(Population(program, seed=3).batch(0, ROWS))
    live, slots = LiveEngine(program), slots_for(program)
    expected = [
        program.level_rank(conclude(program, case, live.evaluate(case)).level) for case in cases_of(program, batch)
    ]

    flags = {name: unpack(plane, ROWS).astype(np.bool_) for name, plane in planes_of(table_of(program, batch)).items()}
    over_booleans = pl.DataFrame(flags).with_columns(level_expression(program, slots).alias("level"))
    over_numbers = values_of(program, batch).with_columns(
        level_expression(program, slots, is_boolean=False).alias("level")
    )

    assert over_booleans["level"].to_list() == expected
    assert over_numbers["level"].to_list() == expected
