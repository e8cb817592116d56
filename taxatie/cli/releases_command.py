"""`taxatie releases`: what is in force when."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder
from taxatie.cli.output import examples, say

NAME = "releases"
EXAMPLES = examples("taxatie releases", "taxatie releases --format json --rulesets my-rulesets")


class ListFormat(StrEnum):
    """How the list is printed."""

    HUMAN = "human"
    JSON = "json"


def run(
    rulesets: RulesetsOption = None,
    list_format: Annotated[ListFormat, typer.Option("--format", help="How to print.")] = ListFormat.HUMAN,
) -> None:
    """Show which release is in force when, and which are drafts."""
    from taxatie.registry.folder import ReleaseFolder  # noqa: PLC0415  # heavy, so imported when needed

    entries = ReleaseFolder(rulesets_folder(rulesets)).entries()
    if list_format is ListFormat.JSON:
        listed = [
            {
                "release": entry.name,
                "title": dict(entry.title),
                "in_force_from": entry.in_force_from.isoformat(),
                "in_force_until": None if entry.in_force_until is None else entry.in_force_until.isoformat(),
                "draft": entry.is_draft,
            }
            for entry in entries
        ]
        say(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for entry, following in zip(entries, [*entries[1:], None], strict=True):
        until = entry.in_force_until or (None if following is None else following.in_force_from)
        word = "until" if entry.in_force_until is not None or following is None else "before"
        period = f"from {entry.in_force_from}" + ("" if until is None else f" {word} {until}")
        say(f"{entry.name}\t{period}\t{'draft' if entry.is_draft else 'published'}\t{entry.title['nl']}")
