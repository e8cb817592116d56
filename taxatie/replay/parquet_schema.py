"""How decisions stand in a Parquet file: the columns, and what the file says of itself.

One row a decision, all of one file under one release; in each row group those with more events come first. None of
the columns but `whole` is ever null:

- `id`, 16 bytes: the decision's id;
- `level`, uint8: the recorded level, by its place in `levels` of the file's own description, the mildest 0;
- `region`, uint8: the region, by its place in `regions`, counted from 1; 0 for none;
- `reference_date`, date: the reference date in Amsterdam;
- `events`, list of uint64: each event in its bits. 0-7 hold the kind by its place in `kinds`; 8-15 whom it names, by
  its place in `slots` (all of the first subject, then of the next), counted from 1, 0 for nobody; 16-31 the reporter,
  numbered from 1 within the decision, 0 where not named; 32-63 the date as the number of days of which 1 January of the
  year 1 is the first;
- `whole`, text or null: the case as JSON where it does not fit into the columns, which then say nothing;
- every other, Boolean: one answer, one digit of a number, or one mark of the case.

The Boolean columns are named after whom they speak of, `case` or a person such as `adult.2`, and what they say:
`case.children_involved=yes`, `adult.2.threat_made=to_kill`; `child.1.child_age:answered` and
`child.1.child_age:digit_0`, the lowest binary digit of how far the number lies above the signal's lowest;
`adult.1.strangulation:unreliable`, for an answer that may alarm but never reassure; `adult.1.present`,
`case.everyone_listed=adult`, `case.searched`. What follows from the answers is not stored, so the same file serves
every release. The channel is the answer to `caller`, the month that of the reference date.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

import pyarrow as pa

from taxatie.engine.columns_layout import Layout, SignalPlanes
from taxatie.errors.problem import TaxatieError
from taxatie.rules.program import Program
from taxatie.terms.names import EventKindId, SignalId, SubjectId
from taxatie.terms.vocabulary import SignalType

SCHEMA_VERSION: Final = 1
"""Of the columns and of the description; a file of another version is refused."""

DESCRIPTION: Final = "taxatie"
"""The key of the file's metadata under which its description stands, as JSON."""

ID: Final = "id"
LEVEL: Final = "level"
REGION: Final = "region"
REFERENCE_DATE: Final = "reference_date"
EVENTS: Final = "events"
WHOLE: Final = "whole"


@dataclass(frozen=True, slots=True)
class Description:
    """What a file says of itself."""

    release: str
    digest: str
    """Of the release that decided."""
    vocabulary: str
    levels: tuple[str, ...]
    regions: tuple[str, ...]
    layout: Layout

    @classmethod
    def of(cls, program: Program, slots: Mapping[SubjectId, int]) -> "Description":
        """Return the description of a file of decisions under a program."""
        return cls(
            program.release,
            program.digest,
            program.vocabulary_version,
            tuple(level.id for level in program.levels),
            tuple(program.regions),
            Layout.of(program, slots),
        )


def schema_of(description: Description) -> pa.Schema:
    """Return the columns of a file, with its description."""
    fields = [
        pa.field(ID, pa.binary(16), nullable=False),
        pa.field(LEVEL, pa.uint8(), nullable=False),
        pa.field(REGION, pa.uint8(), nullable=False),
        pa.field(REFERENCE_DATE, pa.date32(), nullable=False),
        pa.field(EVENTS, pa.list_(pa.field("item", pa.uint64(), nullable=False)), nullable=False),
        pa.field(WHOLE, pa.large_string(), nullable=True),
        *(pa.field(name, pa.bool_(), nullable=False) for name in description.layout.names()),
    ]
    return pa.schema(fields, metadata={DESCRIPTION: write_description(description)})


def write_description(description: Description) -> bytes:
    """Return the description as the file's metadata holds it."""
    layout = description.layout
    plain = {
        "schema": SCHEMA_VERSION,
        "release": description.release,
        "digest": description.digest,
        "vocabulary": description.vocabulary,
        "levels": description.levels,
        "regions": description.regions,
        "kinds": layout.kinds,
        "slots": layout.slots,
        "signals": [
            {
                "id": signal.id,
                "subject": signal.subject,
                "type": signal.type,
                "labels": signal.labels,
                "lowest": signal.lowest,
                "highest": signal.highest,
            }
            for signal in layout.signals.values()
        ],
    }
    return json.dumps(plain).encode()


def read_description(metadata: Mapping[str, str], path: str) -> Description:
    """Return what a file says of itself.

    Raises:
        TaxatieError: When it is no file of decisions, or one of another version.
    """
    text = metadata.get(DESCRIPTION)
    if text is None:
        raise TaxatieError(f"`{path}` holds no decisions", hint="write them with `taxatie log export --parquet`")
    plain = cast("dict[str, object]", json.loads(text))
    if plain["schema"] != SCHEMA_VERSION:
        raise TaxatieError(f"`{path}` is of version {plain['schema']} of the columns, not {SCHEMA_VERSION}")
    signals = [_signal(each) for each in cast("list[dict[str, object]]", plain["signals"])]
    slots = cast("dict[SubjectId, int]", plain["slots"])
    kinds = cast("list[EventKindId]", plain["kinds"])
    return Description(
        release=str(plain["release"]),
        digest=str(plain["digest"]),
        vocabulary=str(plain["vocabulary"]),
        levels=tuple(cast("list[str]", plain["levels"])),
        regions=tuple(cast("list[str]", plain["regions"])),
        layout=Layout({signal.id: signal for signal in signals}, slots, tuple(kinds)),
    )


def _signal(plain: Mapping[str, object]) -> SignalPlanes:
    return SignalPlanes(
        SignalId(str(plain["id"])),
        SubjectId(str(plain["subject"])),
        SignalType(str(plain["type"])),
        tuple(cast("list[str]", plain["labels"])),
        cast("int", plain["lowest"]),
        cast("int", plain["highest"]),
    )
