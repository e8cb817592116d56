"""`taxatie what-if`: what another release would have made of decisions that are stored as Parquet."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder
from taxatie.cli.output import FAULTS, examples, say, stop
from taxatie.cli.progress import with_progress
from taxatie.terms.text import Language

if TYPE_CHECKING:
    from taxatie.replay.counts import Counts, Shift
    from taxatie.rules.program import Program

NAME = "what-if"
EXAMPLES = examples(
    "taxatie what-if 2026.1 2026.2 --parquet decisions/*.parquet",
    "taxatie what-if 2026.1 2026.2 --parquet decisions --html report.html --csv counts",
    "taxatie what-if 2026.1 2026.2 --parquet decisions --cluster local --workers 4",
    "taxatie what-if 2026.1 2026.2 --parquet decisions --format json | jq .milder_in_all",
)
LOCAL: Final = "local"


class WhatIfFormat(StrEnum):
    """How the counts are printed."""

    HUMAN = "human"
    JSON = "json"


ParquetOption = Annotated[
    list[Path] | None,
    typer.Option("--parquet", metavar="FILE…", help="Files of decisions, or folders of them."),
]
MoreFiles = Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="More of them.", show_default=False)]
OldRulesetsOption = Annotated[
    Path | None, typer.Option("--old-rulesets", metavar="DIR", help="The folder of OLD, if it is another one.")
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="local|ADDRESS", help="Count on processes here, or on a standing cluster of Dask."
    ),
]
WorkersOption = Annotated[int, typer.Option(min=1, help="How many processes `--cluster local` starts.")]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write the report, one page with plots.")
]
CsvOption = Annotated[Path | None, typer.Option("--csv", metavar="DIR", help="Write the counts, a CSV file a table.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write the counts as one file: .parquet, else JSON.")
]


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    old: Annotated[str, typer.Argument(metavar="OLD", help="The release that decided.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The release to put the decisions under.")],
    files: MoreFiles = None,
    parquet: ParquetOption = None,
    rulesets: RulesetsOption = None,
    old_rulesets: OldRulesetsOption = None,
    cluster: ClusterOption = None,
    workers: WorkersOption = 2,
    html: HtmlOption = None,
    csv: CsvOption = None,
    output: OutputOption = None,
    what_if_format: Annotated[WhatIfFormat, typer.Option("--format", help="How to print.")] = WhatIfFormat.HUMAN,
    language: Annotated[Language, typer.Option(help="The language of the report.")] = Language.NL,
) -> None:
    """Count what NEW would have made of decisions that OLD made: levels, actions, findings, who becomes milder.

    Each decision is first assessed under OLD and must give the level on record. What cannot be counted is told, with
    the reason. In the report and the files, numbers below ten of a region, channel or month are hidden; JSON has all.

    The exit code is 1 when OLD gives another level than is on record: then find out why before using the counts.
    """
    from taxatie.registry.folder import ReleaseFolder

    paths = _found([*(parquet or []), *(files or [])])
    root = rulesets_folder(rulesets)
    before = ReleaseFolder(root if old_rulesets is None else rulesets_folder(old_rulesets)).load(old)
    after = ReleaseFolder(root).load(new)
    with _needs("columns"):
        counts = _counted(paths, before, after, (cluster, workers))
        _write(counts, (before, after), (html, csv, output), language)
    (_print_json if what_if_format is WhatIfFormat.JSON else _print)(counts)
    if counts.otherwise:
        raise typer.Exit(FAULTS)


def _found(named: Sequence[Path]) -> list[str]:
    """Return the files, those of folders in the order of their names."""
    if not named:
        stop("no decisions were named", hint="name files or folders with --parquet; `taxatie log export` writes them")
    paths = [path for each in named for path in (sorted(each.glob("*.parquet")) if each.is_dir() else [each])]
    if not paths:
        stop(f"`{named[0]}` holds no Parquet files")
    for path in paths:
        if not path.is_file():
            stop(f"`{path}` is not there")
    return [str(path) for path in paths]


@contextmanager
def _needs(extra: str) -> Iterator[None]:
    """Say which part of the installation is missing, where one is."""
    try:
        yield
    except ModuleNotFoundError as error:
        stop(f"`{error.name}` is not installed", hint=f'install it with: pip install "taxatie[{extra}]"')


def _counted(paths: list[str], old: "Program", new: "Program", where: tuple[str | None, int]) -> "Counts":
    from taxatie.replay.counts import Counts
    from taxatie.replay.what_if import count_file, count_files

    cluster, workers = where
    if cluster is None:
        return sum(with_progress(count_files(paths, old, new), "Files", len(paths)), Counts())
    with _needs("cluster"):
        from taxatie.replay.cluster import ClusterCount, local_cluster, standing_cluster

        with local_cluster(workers) if cluster == LOCAL else standing_cluster(cluster) as client:
            # Workers need not have been started where this command was.
            whole = [str(Path(path).resolve()) for path in paths]
            counting = ClusterCount(client, old, new, count_file).run(whole)
            found = dict(with_progress(counting, "Files", len(paths)))
    return sum((found[place] for place in sorted(found)), Counts())


def _write(
    counts: "Counts",
    releases: "tuple[Program, Program]",
    targets: tuple[Path | None, Path | None, Path | None],
    language: Language,
) -> None:
    """Write what was asked for."""
    from taxatie.replay.counts_json import counts_to_json
    from taxatie.replay.report import write_report
    from taxatie.replay.report_tables import report_tables, write_csv, write_parquet

    html, csv, output = targets
    if html is not None:
        html.write_text(write_report(counts, *releases, language), encoding="utf-8")
    if csv is not None:
        write_csv(report_tables(counts, *releases), csv)
    if output is not None and output.suffix == ".parquet":
        write_parquet(report_tables(counts, *releases), output)
    elif output is not None:
        output.write_text(json.dumps(counts_to_json(counts), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _print_json(counts: "Counts") -> None:
    from taxatie.replay.counts_json import counts_to_json

    say(json.dumps(counts_to_json(counts), ensure_ascii=False))


def _print(counts: "Counts") -> None:
    say(f"{counts.decisions:,} decisions read, {counts.replayed:,} give the level on record and are counted")
    say(f"{counts.milder_in_all:,} become milder")
    for change, number in sorted(counts.levels.items(), key=lambda each: -each[1]):
        if change.before != change.after:
            say(f"  {change.before} -> {change.after}: {number:,}")
    for what, shift in (("actions", counts.actions), ("withheld", counts.withheld), ("findings", counts.findings)):
        _print_shift(what, shift)
    for why, number in sorted(counts.unreplayed.items()):
        say(f"not counted, {why}: {number:,}")
    for name, number in sorted(counts.left_out.items()):
        say(f"left out, as the other release does not know it: {name} in {number:,} decisions")
    for each in counts.otherwise:
        say(f"comes out otherwise: {each.id}, recorded {each.change.before}, now {each.change.after}")


def _print_shift(what: str, shift: "Shift") -> None:
    for name in sorted({*shift.gained, *shift.lost}):
        say(f"{what}: {name} gained {shift.gained.get(name, 0):,}, lost {shift.lost.get(name, 0):,}")
