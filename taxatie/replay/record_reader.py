"""A decision record as it is read back: its parts, each of the form that it was written in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from taxatie.explain.assessor import Detail
from taxatie.terms.audience import Audience
from taxatie.wire.decision_record import FORMAT, Asked, Circumstances, TraceContext

Json = dict[str, object]

KEYS: Final = (
    "format", "id", "at", "reference", "caller", "asked", "trace_context", "case", "release", "engine",
    "trace", "assessment", "explanation",
)  # fmt: skip
"""The parts of a record, in the order in which they are compared: what was given first, then what followed."""


class BrokenRecordError(Exception):
    """What should be a record is none; it says where."""

    def __init__(self, path: str) -> None:
        """Keep the place."""
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True)
class Record:
    """A decision as it was recorded."""

    plain: Json
    """All of it."""
    circumstances: Circumstances
    case: Json
    release: str
    digest: str
    files: Mapping[str, str]
    """The SHA-256 of each file of the release, by path."""
    detail: Detail
    audience: Audience
    assessment: Json
    level: str


def read_record(plain: object) -> Record:
    """Return the record that JSON holds.

    Raises:
        BrokenRecordError: When it holds none, with the first place that is not as a record has it.
    """
    top = _map(plain, "record")
    if top.get("format") != FORMAT:
        raise BrokenRecordError("format")
    release = _map(top.get("release"), "release")
    assessment = _map(top.get("assessment"), "assessment")
    asked = _map(top.get("asked"), "asked")
    return Record(
        plain=top,
        circumstances=_circumstances(top, asked),
        case=_map(top.get("case"), "case"),
        release=_text(release, "release", "name"),
        digest=_text(release, "release", "digest"),
        files=_texts(release.get("files"), "release.files"),
        detail=Detail(_one_of(asked, "detail", list(Detail))),
        audience=Audience(_one_of(asked, "audience", list(Audience))),
        assessment=assessment,
        level=_text(assessment, "assessment", "level"),
    )


def _circumstances(top: Json, asked: Json) -> Circumstances:
    return Circumstances(
        id=_text(top, "", "id"),
        at=_text(top, "", "at"),
        caller=_text(top, "", "caller"),
        asked=Asked(
            digest=_text(asked, "asked", "digest"),
            release=_text_or_none(asked, "asked", "release"),
            retrospective=asked.get("retrospective") is True,
            detail=_text(asked, "asked", "detail"),
            audience=_text(asked, "asked", "audience"),
            language=_text(asked, "asked", "language"),
        ),
        trace_context=_trace_context(top.get("trace_context")),
        engine=_texts(top.get("engine"), "engine"),
    )


def _trace_context(said: object) -> TraceContext | None:
    if said is None:
        return None
    where = "trace_context"
    plain = _map(said, where)
    return TraceContext(_text(plain, where, "traceparent"), _text_or_none(plain, where, "tracestate"))


def _map(said: object, path: str) -> Json:
    if not isinstance(said, dict):
        raise BrokenRecordError(path)
    return said


def _texts(said: object, path: str) -> Mapping[str, str]:
    return {name: _text({name: value}, path, name) for name, value in _map(said, path).items()}


def _text(plain: Json, path: str, key: str) -> str:
    said = plain.get(key)
    if not isinstance(said, str):
        raise BrokenRecordError(f"{path}.{key}" if path else key)
    return said


def _text_or_none(plain: Json, path: str, key: str) -> str | None:
    return None if plain.get(key) is None else _text(plain, path, key)


def _one_of(asked: Json, key: str, known: list[Detail] | list[Audience]) -> str:
    said = _text(asked, "asked", key)
    if said not in known:
        raise BrokenRecordError(f"asked.{key}")
    return said
