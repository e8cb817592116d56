"""`taxatie what-if` on the command line."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer

from load.make_population import write_population
from load.population import Population
from taxatie.cli.what_if_command import _needs
from taxatie.registry.folder import ReleaseFolder
from tests.analysis.test_comparison import GV_01, GV_02
from tests.cli.conftest import Taxatie
from tests.cli.test_diff_command import folder

DECISIONS = 600


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release that decided."""
    return folder(tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but for a rule whose level and withholding were taken away."""
    return folder(tmp_path_factory.mktemp("after"), GV_01, "level: urgent")


@pytest.fixture(scope="module")
def stored(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Decisions of the release, in two files."""
    program = ReleaseFolder(before).load("example")
    root = tmp_path_factory.mktemp("decisions")
    for seed in (1, 2):
        (path,) = write_population(Population(program, seed), DECISIONS, root / str(seed))
        path.rename(root / f"{seed}.parquet")
    return root


@pytest.fixture
def what_if(taxatie: Taxatie, before: Path, after: Path) -> Callable[..., tuple[int, str, str]]:
    """Return the command with the two releases."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        found = taxatie("what-if", "example", "example", "--rulesets", after, "--old-rulesets", before, *words)
        return found.exit_code, found.stdout, found.stderr

    return call


Command = Callable[..., tuple[int, str, str]]


def test_it_tells_what_changes(what_if: Command, stored: Path) -> None:
    code, said, _ = what_if("--parquet", stored)

    assert code == 0
    assert f"{2 * DECISIONS:,} decisions read, {2 * DECISIONS:,} give the level on record" in said
    assert "0 become milder" in said
    assert "withheld: talks gained 0, lost " in said


def test_who_becomes_milder_is_told(taxatie: Taxatie, before: Path, stored: Path, tmp_path: Path) -> None:
    milder = folder(tmp_path, GV_02, GV_02.replace("    level: urgent\n", ""))

    said = taxatie("what-if", "example", "example", stored, "--rulesets", milder, "--old-rulesets", before).stdout

    (number,) = re.findall(r"^([\d,]+) become milder$", said, flags=re.MULTILINE)
    assert number != "0"
    assert f"  urgent -> advise: {number}" in said


def test_files_may_be_named_one_by_one(what_if: Command, stored: Path) -> None:
    files = sorted(stored.glob("*.parquet"))

    assert what_if("--parquet", *files) == what_if("--parquet", stored) == what_if(*files)


def test_a_cluster_here_says_the_same(what_if: Command, stored: Path) -> None:
    alone = what_if("--parquet", stored, "--format", "json")

    assert what_if("--parquet", stored, "--format", "json", "--cluster", "local", "--workers", "1") == alone


def test_report_and_counts_are_written(what_if: Command, stored: Path, tmp_path: Path) -> None:
    code, said, _ = what_if(
        *("--parquet", stored, "--format", "json", "--language", "en"),
        *("--html", tmp_path / "report.html", "--csv", tmp_path / "counts", "--output", tmp_path / "counts.json"),
    )

    assert code == 0
    assert "What if example had been in force" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "counts" / "by_region.csv").is_file()
    assert json.loads((tmp_path / "counts.json").read_text(encoding="utf-8")) == json.loads(said)


def test_counts_are_written_as_parquet_where_the_name_says_so(what_if: Command, stored: Path, tmp_path: Path) -> None:
    what_if("--parquet", stored, "--output", tmp_path / "counts.parquet")

    assert pq.read_table(tmp_path / "counts.parquet").num_rows > 0


def test_decisions_of_another_release_are_not_counted(what_if: Command, stored: Path, after: Path) -> None:
    code, said, _ = what_if("--parquet", stored, "--old-rulesets", after)

    assert code == 0
    assert f"not counted, decided under another release: {2 * DECISIONS:,}" in said


def test_a_level_that_is_not_the_recorded_one_is_a_fault(
    what_if: Command, before: Path, stored: Path, tmp_path: Path
) -> None:
    """The counts would rest on something that nobody understands."""
    table = pq.read_table(stored / "1.parquet")
    levels = table.column("level").to_pylist()
    place = table.schema.get_field_index("level")
    others = pa.array([1 - level for level in levels], pa.uint8())
    spoiled = table.set_column(place, table.schema.field("level"), others)
    pq.write_table(spoiled, tmp_path / "spoiled.parquet")

    code, said, _ = what_if("--parquet", tmp_path / "spoiled.parquet")

    assert code == 1
    assert "comes out otherwise: " in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no decisions were named"),
        (["--parquet", "{empty}"], "holds no Parquet files"),
        (["--parquet", "{empty}/missing.parquet"], "missing.parquet` is not there"),
        (["--parquet", "{stored}", "--cluster", "tcp://127.0.0.1:1"], "no scheduler answers at `tcp://127.0.0.1:1`"),
    ],
    ids=["nothing", "an empty folder", "a missing file", "no scheduler"],
)
def test_what_cannot_be_done_is_said(
    what_if: Command, stored: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    code, _, said = what_if(*(word.format(empty=tmp_path, stored=stored) for word in words))

    assert code in {1, 2}
    assert message in said


def test_what_is_not_installed_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A service that only assesses has neither columns nor a cluster."""
    with pytest.raises(typer.Exit), _needs("columns"):
        raise ModuleNotFoundError(name="jinja2")

    said = capsys.readouterr().err
    assert "`jinja2` is not installed" in said
    assert 'pip install "taxatie[columns]"' in said
