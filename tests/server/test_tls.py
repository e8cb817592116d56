"""Over TLS both sides show who they are, and the record names the calling system by a pseudonym."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from taxatie.client import AsyncClient, RefusedError, case_message
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.kept import open_stored
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.wiring import SecondEngine, Settings, build
from tests.server.certificates import Authority, Certified
from tests.server.running import MOMENT, ROOT, KeptLog, StandingClock

CASE = case_message({"case": "c-1", "reference_time": MOMENT})


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def settings(tmp_path: Path, authority: Authority) -> Settings:
    """Return settings of a service that lets in whom the authority vouches for."""
    own = authority.certify("server")
    files = {"server.pem": own.certificate, "server.key": own.key, "authority.pem": authority.certificate}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return Settings(
        rulesets=ROOT / "rulesets",
        scenarios=ROOT / "validation",
        port=0,
        drafts=True,
        ledger_folder=tmp_path / "ledger",
        second_engine=SecondEngine.OFF,
        tls_certificate=tmp_path / "server.pem",
        tls_key=tmp_path / "server.key",
        tls_client_authority=tmp_path / "authority.pem",
    )


def _call_as(settings: Settings, authority: Authority, *clients: Certified | None) -> None:
    """Call once as each client; one without a certificate is None."""

    async def calls() -> None:
        server = build(settings, StandingClock(), KeptLog())
        await server.start()
        try:
            for client in clients:
                own = (None, None) if client is None else (client.key, client.certificate)
                credentials = grpc.ssl_channel_credentials(authority.certificate, *own)
                async with AsyncClient(f"127.0.0.1:{server.port}", credentials=credentials, seconds=5) as connected:
                    await connected.assess(CASE)
        finally:
            await server.drain(0)

    asyncio.run(calls())


def _callers(settings: Settings) -> Iterator[str]:
    assert settings.ledger_folder is not None
    store = read_store(LogPlace(settings.ledger_folder))
    for kept in map(open_stored, store.lines()):
        if kept.entry.kind is EntryKind.DECISION:
            assert kept.payload is not None
            yield str(kept.payload["caller"])
    store.close()


def test_a_system_has_the_same_pseudonym_in_every_call(settings: Settings, authority: Authority) -> None:
    """An auditor can tell systems apart, and cannot tell from the log which is whose."""
    one, other = authority.certify("intake of a region"), authority.certify("another intake")

    _call_as(settings, authority, one, other, one)

    first, second, third = _callers(settings)
    assert first == third != second
    assert "intake" not in first + second


def test_who_shows_no_certificate_is_not_let_in(settings: Settings, authority: Authority) -> None:
    with pytest.raises(RefusedError):
        _call_as(settings, authority, None)

    assert list(_callers(settings)) == []
