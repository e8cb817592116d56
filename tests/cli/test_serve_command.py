"""`taxatie serve`: what can be asked of it, and that it starts and stops."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import DATA, Taxatie


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--host", "0.0.0.0"), "without TLS the service listens on loopback only, not on 0.0.0.0"),
        (("--tls-key", "server.key"), "TLS needs both a certificate and a key"),
        (("--tls-key", "server.key", "--tls-certificate", "server.pem"), "`server.key`: no such file or directory"),
        (("--port", "70000"), "less than or equal to 65535"),
    ],
)
def test_what_cannot_be_served_is_a_fault_of_usage(
    taxatie: Taxatie, small: Path, options: tuple[str, ...], message: str
) -> None:
    outcome = taxatie("serve", "--drafts", "--rulesets", small, "--ledger", "off", *options)

    assert outcome.exit_code == 2
    assert message in outcome.stderr


def test_drafts_are_served_only_where_that_was_asked_for(taxatie: Taxatie, small: Path) -> None:
    outcome = taxatie("serve", "--rulesets", small, "--port", "0")

    assert outcome.exit_code == 1
    assert "--drafts" in outcome.stderr


def test_the_service_starts_and_stops(small: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "taxatie", "serve", "--drafts", "--rulesets", str(small), "--port", "0",
               "--scenarios", str(DATA / "cases"), "--ledger-folder", str(tmp_path)]  # fmt: skip

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        serving = json.loads(process.stderr.readline())
        process.send_signal(signal.SIGTERM)
        rest = [json.loads(line)["event"] for line in process.stderr]

    assert serving["event"] == "serving"
    assert serving["port"] > 0
    assert rest == ["draining", "stopped"]
    assert process.returncode == 0
