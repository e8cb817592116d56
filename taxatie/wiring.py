"""Where the parts meet: settings, the clock, the log, and the server made of them."""

import asyncio
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Self, TypeAlias

import grpc
import structlog
from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from taxatie.engine.deadlines import in_amsterdam
from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import TaxatieError
from taxatie.ledger.checkpoint import is_origin
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.serving import ServingLog
from taxatie.server.calls import CallLog
from taxatie.server.server import Closing, Listening, Server, UseCases, build_server
from taxatie.service.audit import Auditor
from taxatie.service.engines import engine_versions
from taxatie.service.guard import Guard
from taxatie.service.live_releases import LiveReleases, Reloaded
from taxatie.service.log_erase import Retainer
from taxatie.service.ports import Clock
from taxatie.service.record import Recorder, Retention
from taxatie.service.reload import Reloader, Reloading, set_apart
from taxatie.service.second_opinion import SecondOpinions, second_engine_is_available

_DEBOUNCE_MILLISECONDS: Final = 500
"""Changes of a folder that come within this are read together: what is copied comes file by file."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock: the one place that asks what time it is."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)  # this is the clock

    def today(self) -> date:
        """Return the present date in Amsterdam."""
        return in_amsterdam(self.now()).date()


class LedgerChoice(StrEnum):
    """Whether decisions are put on record."""

    REQUIRED = "required"
    """None is answered that is not."""
    OFF = "off"


class SecondEngine(StrEnum):
    """Whether each decision is checked by the second engine."""

    OFF = "off"
    SHADOW = "shadow"
    """After the answer, which never waits."""
    REQUIRE = "require"
    """Before the answer: where the engines disagree the graver level is given."""


class Settings(BaseSettings):
    """How the service runs; each from `TAXATIE_<NAME>` in the environment too."""

    model_config = SettingsConfigDict(env_prefix="TAXATIE_", extra="forbid")

    rulesets: Path
    scenarios: Path
    host: str = "127.0.0.1"
    port: int = Field(default=50051, ge=0, le=65_535)
    drafts: bool = False
    engine: EngineName = EngineName.LIVE
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_authority: Path | None = None
    message_bytes_max: int = Field(default=4_000_000, ge=1_000)
    concurrent_calls_max: int = Field(default=1_000, ge=1)
    workers: int = Field(default=1, ge=1, le=64)
    worker_silence_seconds: float = Field(default=30.0, gt=0)
    worker_pause_seconds: float = Field(default=0.5, ge=0)
    worker_connection_seconds: float = Field(default=600.0, ge=1)
    drain_seconds: float = Field(default=30.0, ge=0)
    watch: bool = True
    ledger: LedgerChoice = LedgerChoice.REQUIRED
    ledger_folder: Path | None = None
    ledger_database: str | None = None
    ledger_origin: str = "taxatie/decisions"
    ledger_key: Path | None = None
    checkpoint_copy: Path | None = None
    advice_days_kept: int = Field(default=14, ge=0, le=366)
    report_years_kept: int = Field(default=20, ge=1, le=100)
    second_engine: SecondEngine = SecondEngine.SHADOW
    second_engine_workers: int = Field(default=1, ge=1, le=64)
    second_engine_seconds: float = Field(default=2.0, gt=0)

    @model_validator(mode="after")
    def _check_reach(self) -> Self:
        """Without TLS nobody outside this machine may listen in."""
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("TLS needs both a certificate and a key")
        if self.tls_certificate is None and self.host not in _LOOPBACK:
            raise ValueError(f"without TLS the service listens on loopback only, not on {self.host}")
        return self

    @model_validator(mode="after")
    def _check_ledger(self) -> Self:
        """A required log has its place."""
        if self.ledger is LedgerChoice.REQUIRED and self.ledger_folder is None:
            raise ValueError("the log of decisions needs a folder; nothing is recorded only with `--ledger off`")
        if not is_origin(self.ledger_origin):
            raise ValueError("the origin of the log is like a host and a path: small letters, digits, `.`, `-`, `/`")
        return self


@dataclass(frozen=True, slots=True)
class StructuredLog:
    """Writes each line as JSON."""

    _logger: structlog.typing.FilteringBoundLogger

    def note(self, event: str, **fields: object) -> None:
        """Write a line."""
        self._logger.info(event, **fields)

    def fail(self, event: str, **fields: object) -> None:
        """Write a line about a failure of ours."""
        self._logger.error(event, **fields)


def build_log(**named: int) -> CallLog:
    """Return the log: one JSON line a call, on the standard error, with what names the process in each line."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    return StructuredLog(structlog.get_logger(**named))


Joining: TypeAlias = Callable[[Reloader], Reloading]
"""Returns what has all workers read new releases, for what does so in this one."""


def build(settings: Settings, clock: Clock, log: CallLog, joining: Joining | None = None) -> Server:
    """Return the server that the settings describe; a worker's joins the others that listen on its port.

    Raises:
        TaxatieError: When there is no release to serve, or a TLS file cannot be read.
    """
    releases = LiveReleases(settings.rulesets, settings.scenarios, settings.drafts, settings.engine)
    releases.load(clock.now())
    listening = Listening(
        settings.host,
        settings.port,
        settings.message_bytes_max,
        settings.concurrent_calls_max,
        _credentials(settings),
        is_shared=joining is not None,
        connection_seconds_max=settings.worker_connection_seconds,
    )
    recorder, close = _recorder(settings, releases, clock, log)
    auditor = None if recorder is None else Auditor(settings.rulesets, clock, recorder.log)
    reloader = Reloader(releases, clock, log)
    joined = reloader if joining is None else joining(reloader)
    use_cases = UseCases(releases, clock, recorder, auditor, joined, close)
    set_apart()
    try:
        return build_server(use_cases, log, listening)
    except RuntimeError as error:
        where = f"{settings.host}:{settings.port}"
        raise TaxatieError(f"cannot listen on {where}", hint="choose another port with --port") from error


def _recorder(
    settings: Settings, releases: LiveReleases, clock: Clock, log: CallLog
) -> tuple[Recorder | None, Closing]:
    """Return what puts decisions on record, and what lets go of the log and of the second engine."""
    if settings.ledger is LedgerChoice.OFF:
        return None, _nothing
    guard_log = _second_engine(settings, log)
    place = _log_place(settings)
    decisions = open_log(place, settings.ledger_origin, clock.now())
    decisions.on_copy_failure = lambda why: log.fail("checkpoint_copy_failed", why=why, failed=decisions.copies_failed)
    serving = ServingLog(decisions, read_store(place))
    retention = Retention(settings.advice_days_kept, settings.report_years_kept)
    guard = None if guard_log is None else _guard(settings, serving, clock, guard_log)
    recorder = Recorder(releases, clock, serving, engine_versions(settings.engine), retention, guard)

    async def close() -> None:
        if guard is not None:
            await guard.close()
        await serving.close()

    return recorder, close


def _second_engine(settings: Settings, log: CallLog) -> CallLog | None:
    """Return where the guard tells what is wrong, or None where there is to be no guard.

    Raises:
        TaxatieError: When the second engine is required and cannot run here.
    """
    if settings.second_engine is SecondEngine.OFF:
        return None
    if second_engine_is_available():
        return log
    if settings.second_engine is SecondEngine.REQUIRE:
        raise TaxatieError(
            "the second engine is required and cannot run here: durable-rules is not installed, or does not work",
            hint="use Python 3.12 or older and `make install`, or `--second-engine shadow`",
        )
    log.fail("second_engine_off", why="durable-rules is not installed, or does not run on this Python")
    return None


def _guard(settings: Settings, serving: ServingLog, clock: Clock, log: CallLog) -> Guard:
    is_required = settings.second_engine is SecondEngine.REQUIRE
    opinions = SecondOpinions(settings.second_engine_workers)
    return Guard(opinions, serving, clock, log, is_required=is_required, seconds=settings.second_engine_seconds)


def _log_place(settings: Settings) -> LogPlace:
    assert settings.ledger_folder is not None, "the settings were checked"
    return LogPlace(settings.ledger_folder, settings.ledger_key, settings.checkpoint_copy, settings.ledger_database)


async def retain(settings: Settings, clock: Clock, log: CallLog) -> None:
    """Erase advice whose period has passed, now and every hour, over a connection of its own."""
    if settings.ledger is LedgerChoice.REQUIRED:
        place = _log_place(settings)
        await Retainer(lambda: open_log(place, settings.ledger_origin, clock.now()), clock, log).run()


async def _nothing() -> None:
    """Let go of nothing."""


def _credentials(settings: Settings) -> grpc.ServerCredentials | None:
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    pair = (settings.tls_key.read_bytes(), settings.tls_certificate.read_bytes())
    authority = settings.tls_client_authority
    if authority is None:
        return grpc.ssl_server_credentials([pair])
    return grpc.ssl_server_credentials([pair], authority.read_bytes(), require_client_auth=True)


async def run(settings: Settings, clock: Clock, log: CallLog) -> None:
    """Serve until the process is told to stop, then drain."""
    server = build(settings, clock, log)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    reloads: set[asyncio.Future[Reloaded]] = set()
    loop.add_signal_handler(signal.SIGHUP, lambda: reloads.add(asyncio.ensure_future(server.reloader.reload())))
    await server.start()
    log.note("serving", host=settings.host, port=server.port)
    retaining = asyncio.create_task(retain(settings, clock, log))
    if settings.watch:
        await watch(settings.rulesets, server.reloader, stopping)
    await stopping.wait()
    log.note("draining", seconds=settings.drain_seconds)
    retaining.cancel()
    await server.drain(settings.drain_seconds)
    log.note("stopped")


async def watch(folder: Path, reloader: Reloading, stopping: asyncio.Event) -> None:
    """Read the folder anew whenever something in it changes, until the service stops."""
    from watchfiles import awatch  # noqa: PLC0415  # few milliseconds, and only where it is wanted

    async for _ in awatch(folder, stop_event=stopping, debounce=_DEBOUNCE_MILLISECONDS):
        await reloader.reload()


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    asyncio.run(run(settings, SystemClock(), build_log()))
