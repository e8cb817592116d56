"""`taxatie diff`: what a release changes, and for whom."""

import json
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder, shipped
from taxatie.cli.output import FAULTS, examples, say
from taxatie.cli.progress import with_progress
from taxatie.terms.text import Language

if TYPE_CHECKING:
    from taxatie.analysis.outcomes import Difference
    from taxatie.service.compare import Comparison

NAME = "diff"
EXAMPLES = examples(
    "taxatie diff 2026.1 2026.2",
    "taxatie diff 2026.1 2026.1 --old-rulesets ../before/rulesets --cases 1000",
    "taxatie diff 2026.1 2026.2 --format json | jq '.differences[] | select(.milder)'",
)


class DiffFormat(StrEnum):
    """How the comparison is printed."""

    HUMAN = "human"
    JSON = "json"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    old: Annotated[str, typer.Argument(metavar="OLD", help="The release as it was.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The release as it will be.")],
    scenarios: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="The scenarios to compare by; else those shipped.")
    ] = None,
    rulesets: RulesetsOption = None,
    old_rulesets: Annotated[
        Path | None, typer.Option("--old-rulesets", metavar="DIR", help="The folder of OLD, if it is another one.")
    ] = None,
    cases: Annotated[int, typer.Option(min=0, help="How many made-up cases to compare by.")] = 10_000,
    seed: Annotated[int, typer.Option(help="What the made-up cases come from; the same seed, the same cases.")] = 1,
    show: Annotated[int, typer.Option(min=0, help="How many cases to show in full.")] = 5,
    diff_format: Annotated[DiffFormat, typer.Option("--format", help="How to print.")] = DiffFormat.HUMAN,
    language: Annotated[Language, typer.Option(help="The language of the sentences.")] = Language.NL,
) -> None:
    """Tell what changed between two releases, rule by rule, and which cases come out differently.

    Cases that become milder come first. Each case that is shown is made as small as shows the same. The exit code
    is 1 when a case comes out differently.
    """
    from taxatie.analysis.change_phrases import CHANGE_PHRASES
    from taxatie.registry.folder import ReleaseFolder
    from taxatie.scenarios.scenario import find_scenario_texts
    from taxatie.service.compare import Sample, compare

    root = rulesets_folder(rulesets)
    before = ReleaseFolder(root if old_rulesets is None else rulesets_folder(old_rulesets)).load(old)
    after = ReleaseFolder(root).load(new)
    sample = Sample(find_scenario_texts(scenarios or shipped("validation")), cases, seed)
    found = compare(before, after, sample, language, _watched)
    if diff_format is DiffFormat.JSON:
        _print_json(found, show)
    else:
        _print(found, show, lambda key, **words: CHANGE_PHRASES[key].in_language(language).format(**words))
    if found.differences:
        raise typer.Exit(FAULTS)


def _watched(outcomes: "Iterable[Difference | None]", total: int) -> "Iterator[Difference | None]":
    return with_progress(outcomes, "Cases", total)


def _print(found: "Comparison", show: int, phrase: "Callable[..., str]") -> None:
    for change in found.changes:
        say(change.sentence)
        for line in change.lines:
            say(f"    {line}")
    if not found.changes:
        say(phrase("nothing"))
    say()
    say(
        phrase(
            "outcome",
            scenarios=found.scenarios,
            generated=found.generated,
            differing=len(found.differences),
            milder=sum(each.is_milder for each in found.differences),
        )
    )
    for (before, after), number in sorted(found.levels.items()):
        say(f"  {before} -> {after}: {number}")
    for each in found.differences[:show]:
        _show(found, each, phrase)
    for key, names in (("left_out", found.left_out), ("unread", found.unread)):
        if names:
            say(phrase(key, names=", ".join(names)))


def _show(found: "Comparison", difference: "Difference", phrase: "Callable[..., str]") -> None:
    from taxatie.wire.case_writer import write_case

    small = found.bench.smallest(difference)
    say()
    say(f"{difference.origin}: {small.before.level} -> {small.after.level}")
    for key, names in _told(small).items():
        if names:
            say(f"  {phrase(key)}: {', '.join(names)}")
    for line in write_case(found.bench.new, small.case).splitlines():
        say(f"    {line}")


def _told(difference: "Difference") -> dict[str, list[str]]:
    before, after = difference.before, difference.after
    return {
        "rules_that_no_longer_fire": list(difference.rules_gone),
        "rules_that_fire_now": list(difference.rules_come),
        "actions_lost": sorted(before.actions - after.actions),
        "actions_gained": sorted(after.actions - before.actions),
        "no_longer_withheld": sorted(before.withheld - after.withheld),
        "withheld_now": sorted(after.withheld - before.withheld),
    }


def _print_json(found: "Comparison", show: int) -> None:
    from taxatie.wire.case_writer import write_case

    plain = {
        "changes": [{"about": c.about, "sentence": c.sentence, "lines": list(c.lines)} for c in found.changes],
        "scenarios": found.scenarios,
        "generated": found.generated,
        "left_out": list(found.left_out),
        "unread": list(found.unread),
        "differences": [
            {
                "case": each.origin,
                "milder": each.is_milder,
                "level": [each.before.level, each.after.level],
                **_told(each),
            }
            for each in found.differences
        ],
        "smallest": [write_case(found.bench.new, found.bench.smallest(each).case) for each in found.differences[:show]],
    }
    say(json.dumps(plain, ensure_ascii=False, indent=2))
