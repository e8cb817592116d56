"""The benchmark of a what-if runs, on few decisions and without peers, so that it can be run on many with them."""

import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from load.make_population import files_of, write_population
from load.measured import Work, best_seconds
from load.population import Population
from taxatie.replay.parquet_schema import ID
from tests.content.test_safeguards import PROGRAM

ROOT = Path(__file__).parents[2]
DECISIONS = 20_000


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """A population of twenty thousand, stored."""
    population = Population(PROGRAM, seed=1)
    folder = tmp_path_factory.mktemp("population")
    write_population(population, DECISIONS, folder)
    return Work(population, list(files_of(folder)))


def test_every_stored_decision_comes_out_as_recorded(work: Work) -> None:
    """The recorded level was given by tables straight from the dice, and is given again by those read back."""
    counts = work.what_if()

    assert counts.decisions == counts.replayed == DECISIONS == work.decoding()
    assert counts.milder_in_all > 0
    assert len(counts.by_month) == 12
    assert set(counts.by_region) == {"", *PROGRAM.regions}


def test_every_decision_has_an_id_of_its_own(work: Work) -> None:
    ids = pl.read_parquet(list(work.paths), columns=[ID])[ID].to_list()

    assert len(set(ids)) == DECISIONS
    assert {each[6] >> 4 for each in ids} == {7}
    assert {each[8] >> 6 for each in ids} == {2}


def test_polars_sees_as_many_decisions_but_not_what_is_unknown(work: Work) -> None:
    """Two-valued, it finds milder levels than there are: what is unknown counts as no."""
    found = work.polars_boolean()
    levels = [str(level.id) for level in PROGRAM.levels]
    ours = {(levels.index(c.before), levels.index(c.after)): n for c, n in work.what_if().levels.items()}

    assert sum(found.values()) == DECISIONS
    assert sum(before * n for (before, _), n in found.items()) < sum(before * n for (before, _), n in ours.items())


def test_everybody_here_agrees_on_fully_answered_cases(work: Work) -> None:
    assert set(work.agreements(200, with_peers=False)) == {"columns", "polars", "polars over our columns"}


def test_the_best_of_rounds_is_taken() -> None:
    seconds = best_seconds(lambda: sum(range(1000)), 3).scaled(2)

    assert 0 < seconds.wall < 1
    assert 0 <= seconds.cores < 1


def test_the_table_says_goals_and_ratios(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "load.bench_replay", "--without-peers", "--without-cluster", "--together"]

    said = subprocess.run(
        [*command, "--rounds", "1", "--decisions", "2000", "--folder", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert re.search(r"decoding the same columns alone .* ours \d+\.\d\d x +<= 1\.5 x", said)
    assert re.search(r"polars, expressions over small numbers .* [\d.]+ x ours +>= 2 x", said)
    assert re.search(r"its peak memory +\d+ MiB", said)
