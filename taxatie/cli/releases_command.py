"""`taxatie releases`: what is in force when."""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder
from taxatie.cli.output import FAULTS, examples, say, stop

if TYPE_CHECKING:
    from taxatie.registry.folder import ReleaseEntry

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
    """Show which release is in force when."""
    from taxatie.registry.folder import ReleaseFolder  # heavy, so imported when needed

    folder = ReleaseFolder(rulesets_folder(rulesets))
    entries = folder.entries()
    _print(entries, list_format)
    unreadable = [name for name in folder.names() if name not in {entry.name for entry in entries}]
    if unreadable:
        names = ", ".join(f"`{name}`" for name in unreadable)
        stop(f"{names} cannot be read", hint="run `taxatie check`", code=FAULTS)


def _print(entries: "Sequence[ReleaseEntry]", list_format: ListFormat) -> None:
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
        say("\t".join((entry.name, _period(entry, following), _standing(entry), entry.title["nl"])))


def _period(entry: "ReleaseEntry", following: "ReleaseEntry | None") -> str:
    """Return when a release is in force: until its own last date, or before the next one begins."""
    period = f"from {entry.in_force_from}"
    if entry.in_force_until is not None:
        return f"{period} until {entry.in_force_until}"
    return period if following is None else f"{period} before {following.in_force_from}"


def _standing(entry: "ReleaseEntry") -> str:
    return "draft" if entry.is_draft else "published"
