"""A real server within the test: on a free port of the loopback, with a clock that stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from taxatie.server.server import Server
from taxatie.wiring import SecondEngine, Settings, build

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
MOMENT = "2026-03-02T21:15:00+01:00"


@dataclass(frozen=True)
class StandingClock:
    """A clock at which it is always the same moment."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """Return that moment."""
        return self.moment


@dataclass
class KeptLog:
    """A log that keeps its lines."""

    lines: list[dict[str, object]] = field(default_factory=list)

    def note(self, event: str, **fields: object) -> None:
        """Keep a line."""
        self.lines.append({"event": event, **fields})

    def fail(self, event: str, **fields: object) -> None:
        """Keep a line."""
        self.lines.append({"event": event, "level": "error", **fields})


@asynccontextmanager
async def running(
    *,
    rulesets: Path = ROOT / "rulesets",
    drafts: bool = True,
    log: KeptLog | None = None,
    ledger: Path | None = None,
) -> AsyncIterator[Server]:
    """Serve within the block, with the log of decisions in a folder of its own, or in the one that is named.

    Of the scenarios there is one theme only: all of them run in `make content`, and twice is slow.
    """
    with TemporaryDirectory() as scratch:
        settings = Settings(
            rulesets=rulesets,
            scenarios=ROOT / "validation" / "radar",
            port=0,
            drafts=drafts,
            ledger_folder=Path(scratch) if ledger is None else ledger,
            second_engine=SecondEngine.OFF,
        )
        server = build(settings, StandingClock(), log or KeptLog())
        await server.start()
        try:
            yield server
        finally:
            await server.drain(0)
