"""Which decisions to replay, and replaying them: for the command line."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from taxatie.cli.options import rulesets_folder
from taxatie.cli.output import FAULTS, stop
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import HERE, Place, tell_faults
from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import RequestFaults
from taxatie.ledger.entry import Draft
from taxatie.ledger.identity import EntryId, is_entry_id
from taxatie.ledger.opening import reopen_log
from taxatie.limits import FIRST_YEAR, LAST_YEAR
from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.other_release import Reassessed, reassess_all
from taxatie.replay.releases_then import ReleasesThen
from taxatie.replay.replay import Replayer
from taxatie.replay.replayed import Replayed
from taxatie.replay.sources import Found, Span, days, decision_of, decisions_of, records_of
from taxatie.service.access import Looking, Purpose, access_draft, read_looking
from taxatie.service.engines import build_engine, engine_versions

if TYPE_CHECKING:
    from taxatie.ledger.store import Store

_STANDARD_INPUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line."""

    what: tuple[str, ...]
    """Ids of decisions, or files; nothing is the log."""
    span: tuple[str | None, str | None]
    """From and until, as they were written."""
    release: str | None
    engine: EngineName
    looking: tuple[str | None, str]
    """Purpose and role."""
    explanations: bool | None

    @property
    def is_of_files(self) -> bool:
        """Whether files are to be read, and not the log."""
        return bool(self.what) and not is_entry_id(self.what[0])


@contextmanager
def opened(place: Place, wishes: Wishes) -> Iterator[Iterator[Found]]:
    """Yield the decisions that were asked for; of the log only once it is on record who looks."""
    _check(place, wishes)
    if wishes.is_of_files:
        yield with_progress(_of_files(wishes.what), "Records")
        return
    span = _span(*wishes.span)
    moment = _now()
    looking = _looking(*wishes.looking)
    log = reopen_log(place.log, moment)
    try:
        log.append(_looks(wishes, span, looking, moment))
        yield _of_ids(log.store, wishes.what) if wishes.what else _of_span(log.store, span)
    finally:
        log.store.close()


def ended(place: Place, wishes: Wishes, decisions: Iterator[Found]) -> Iterator[Replayed | Reassessed]:
    """Return how the replay of each decision ended, in order."""
    folder = ReleaseFolder(rulesets_folder(place.rulesets))
    begun = list(islice(decisions, 2))
    explanations = len(begun) == 1 if wishes.explanations is None else wishes.explanations
    with ReleasesThen(folder, partial(build_engine, wishes.engine)) as releases:
        other = None if wishes.release is None else releases.named(wishes.release)
        replayer = Replayer(releases, engine_versions(wishes.engine), explanations and other is None)
        replayed = replayer.replay_all(chain(begun, decisions))
        yield from replayed if other is None else reassess_all(replayed, other)


def _check(place: Place, wishes: Wishes) -> None:
    """Refuse what makes no sense, before anything is put on record about it."""
    if len({is_entry_id(each) for each in wishes.what}) > 1:
        stop("some of these are ids of decisions, others are not", hint="name ids, or files of records")
    if wishes.what and wishes.span != (None, None):
        stop("`--from` and `--until` are about the log", hint="leave them out, or name neither ids nor files")
    for name in wishes.what if wishes.is_of_files else ():
        if name != _STANDARD_INPUT and not Path(name).is_file():
            stop(f"`{name}` is neither an id of a decision nor a file", hint="`Assess` answers with the id")
    names = ReleaseFolder(rulesets_folder(place.rulesets)).names()
    if wishes.release is not None and wishes.release not in names:
        stop(f"there is no release `{wishes.release}`", hint=f"releases here: {', '.join(names)}")


def _looking(purpose: str | None, role: str) -> Looking:
    try:
        return read_looking(Purpose(purpose) if purpose in set(Purpose) else None, role, HERE)
    except RequestFaults as faults:
        tell_faults(faults)


def _looks(wishes: Wishes, span: Span, looking: Looking, moment: datetime) -> list[Draft]:
    """Return the lines that say who looks at what: one for each decision that is named, or one for the stretch."""
    with_what: Mapping[str, object] = {"release": wishes.release, "engine": str(wishes.engine)}
    if wishes.what:
        return [access_draft(looking, {"replay": each, **with_what}, moment, EntryId(each)) for each in wishes.what]
    stretch = {"first": span.first, "last": span.last, "since": span.since, "before": span.before}
    return [access_draft(looking, {"replay": stretch, **with_what}, moment)]


def _of_ids(store: "Store", names: Iterable[str]) -> Iterator[Found]:
    for name in names:
        stored = store.find(EntryId(name))
        found = None if stored is None else decision_of(stored)
        if found is None:
            stop(f"the log holds no decision `{name}`", hint="`Assess` answers with the id", code=FAULTS)
        yield found


def _of_span(store: "Store", span: Span) -> Iterator[Found]:
    size = store.tree().size
    last = size if span.last is None else min(size, span.last + 1)
    lines = with_progress(store.lines(span.first), "Lines", max(0, last - span.first))
    return decisions_of(lines, span)


def _of_files(names: Iterable[str]) -> Iterator[Found]:
    for name in names:
        if name == _STANDARD_INPUT:
            yield from records_of(name, sys.stdin.buffer)
        else:
            with Path(name).open("rb") as stream:
                yield from records_of(name, stream)


def _span(first: str | None, until: str | None) -> Span:
    """Return the stretch between two places or days; one of each is both."""
    span = days(_day(first), _day(until))
    return Span(_place(first) or 0, _place(until), span.since, span.before)


def _place(text: str | None) -> int | None:
    return int(text) if text is not None and _is_place(text) else None


def _day(text: str | None) -> date | None:
    if text is None or _is_place(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        _no_when(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        _no_when(text)
    return day


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < len("20260301")


def _no_when(text: str) -> NoReturn:
    stop(f"`{text}` is neither a day nor the place of a line", hint="as in `2026-03-01`, or `17`")


def _now() -> datetime:
    from taxatie.wiring import SystemClock

    return SystemClock().now()
