"""`taxatie log show`: a line of the log, what it says, and what belongs to it."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from taxatie.cli.log_options import PurposeOption, RoleOption, look_of, writing
from taxatie.cli.options import CheckpointCopyOption, LedgerDatabaseOption, LedgerFolderOption, LedgerKeyOption
from taxatie.cli.output import examples, say
from taxatie.cli.recording import Place

if TYPE_CHECKING:
    from taxatie.ledger.entry import Entry
    from taxatie.ledger.kept import Kept
    from taxatie.service.log_look import Shown

NAME = "show"
EXAMPLES = examples(
    "taxatie log show --purpose audit --role auditor 019cb03e-5140-7d92-a626-7bcf7e3a4abb",
    "taxatie log show --purpose complaint --role auditor --format json 019cb03e-5140-7d92-a626-7bcf7e3a4abb",
)
_INDENT: Final = "  "


class ShowFormat(StrEnum):
    """How a line is printed."""

    TEXT = "text"
    JSON = "json"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    name: Annotated[str, typer.Argument(metavar="ID", help="The id of the line: of a decision, or of any other.")],
    purpose: PurposeOption,
    role: RoleOption,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
    show_format: Annotated[ShowFormat, typer.Option("--format", help="How to print.")] = ShowFormat.TEXT,
) -> None:
    """Show a line of the log with its payload, and the overrides, outcomes and verdicts about it.

    Of what was erased it says when, why and by whom. That you look, in which role and why, is put on record first.
    """
    from taxatie.service.log_look import show_line

    place = Place(None, ledger_folder, ledger_database, ledger_key, checkpoint_copy)
    look = look_of(purpose, role)
    with writing(place, look.moment) as log:
        shown = show_line(log, name, look)
    if show_format is ShowFormat.JSON:
        say(json.dumps(_plain(shown), ensure_ascii=False, indent=2))
    else:
        for line in _lines(shown):
            say(line)


def _plain(shown: "Shown") -> dict[str, object]:
    erasure = shown.erasure
    return {
        **_kept(shown.kept),
        "erasure": None if erasure is None else json.loads(erasure.leaf),
        "linked": [_kept(each) for each in shown.linked],
    }


def _kept(kept: "Kept") -> dict[str, object]:
    return {"line": json.loads(kept.entry.leaf), "payload": kept.payload, "is_erased": kept.is_erased}


def _lines(shown: "Shown") -> Iterator[str]:
    yield from _lines_of(shown.kept, shown.erasure)
    for kept in shown.linked:
        yield ""
        yield from _lines_of(kept, None)


def _lines_of(kept: "Kept", erasure: "Entry | None") -> Iterator[str]:
    entry = kept.entry
    yield f"line {entry.place}: {entry.kind} {entry.id}"
    yield from _tree({"at": entry.at, "about": entry.about, "keep until": entry.keep_until, **entry.says}, 1)
    if kept.payload is not None:
        yield from _tree(kept.payload, 1)
    elif kept.is_erased:
        yield f"{_INDENT}erased: that it was there is proved, what it said is gone"
    if erasure is not None:
        says = erasure.says
        yield f"{_INDENT}erased by line {erasure.place} of {erasure.at}: {says.get('reason')}, by {_people(says)}"


def _people(says: Mapping[str, object]) -> str:
    return " and ".join(str(says[name]) for name in ("by", "second") if says.get(name) is not None)


def _tree(value: object, depth: int) -> Iterator[str]:
    """Return a value as an outline: what is empty is left out, and what is flat stands on one line of a list."""
    indent = _INDENT * depth
    for name, each in value.items() if isinstance(value, Mapping) else (("-", each) for each in _listed(value)):
        if each is None or each in ([], {}):
            continue
        label = name if name == "-" else f"{name}:"
        if name == "-" and _is_flat(each):
            yield f"{indent}- {', '.join(_pairs(each))}"
        elif isinstance(each, Mapping | list):
            yield f"{indent}{label}"
            yield from _tree(each, depth + 1)
        else:
            yield f"{indent}{label} {_word(each)}"


def _is_flat(value: object) -> bool:
    return isinstance(value, Mapping) and not any(isinstance(each, Mapping | list) for each in value.values())


def _pairs(value: object) -> Iterator[str]:
    assert isinstance(value, Mapping), "only maps are flat"
    return (f"{name}: {_word(each)}" for name, each in value.items() if each is not None)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _word(value: object) -> str:
    match value:
        case True:
            return "yes"
        case False:
            return "no"
        case _:
            return str(value)
