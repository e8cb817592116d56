"""`taxatie serve`: what can be asked of it, and that it starts and stops."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from taxatie.supervisor.port import reserved_port
from tests.cli.conftest import DATA, Taxatie


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--host", "0.0.0.0"), "without TLS the service listens on loopback only, not on 0.0.0.0"),
        (("--tls-key", "server.key"), "TLS needs both a certificate and a key"),
        (("--tls-key", "server.key", "--tls-certificate", "server.pem"), "`server.key`: no such file or directory"),
        (("--port", "70000"), "less than or equal to 65535"),
        (("--workers", "0"), "greater than or equal to 1"),
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


@pytest.fixture
def without_durable(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which durable-rules is there, and ends the process that imports it."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "durable_rules_engine.py").write_text("import os\nos._exit(139)\n", encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(tmp_path / "broken")}


def test_where_durable_rules_does_not_work_the_service_says_so_and_runs_without(
    small: Path, tmp_path: Path, without_durable: dict[str, str]
) -> None:
    """A Python on which it crashes must not be found out by the first case."""
    command = [sys.executable, "-m", "taxatie", "serve", "--drafts", "--rulesets", str(small), "--port", "0",
               "--ledger-folder", str(tmp_path / "log"), "--second-engine", "shadow"]  # fmt: skip

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=without_durable) as process:
        assert process.stderr is not None
        said = [json.loads(process.stderr.readline()) for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        process.stderr.read()

    assert [each["event"] for each in said] == ["second_engine_off", "serving"]
    assert said[0]["level"] == "error"
    assert "does not run on this Python" in said[0]["why"]
    assert process.returncode == 0


def test_where_durable_rules_does_not_work_and_is_required_nothing_is_served(
    small: Path, tmp_path: Path, without_durable: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "taxatie", "serve", "--drafts", "--rulesets", str(small), "--port", "0",
               "--ledger-folder", str(tmp_path / "log"), "--second-engine", "require"]  # fmt: skip

    outcome = subprocess.run(command, capture_output=True, text=True, env=without_durable, check=False)

    assert outcome.returncode == 1
    assert "the second engine is required and cannot run here" in outcome.stderr


@pytest.mark.parametrize(("workers", "number"), [(1, signal.SIGTERM), (2, signal.SIGTERM), (2, signal.SIGINT)])
def test_the_service_starts_and_stops(small: Path, tmp_path: Path, workers: int, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "taxatie", "serve", "--drafts", "--rulesets", str(small), "--port", "0",
               "--scenarios", str(DATA / "cases"), "--ledger-folder", str(tmp_path)]  # fmt: skip

    with subprocess.Popen([*command, "--workers", str(workers)], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        serving = json.loads(process.stderr.readline())
        process.send_signal(number)
        rest = [json.loads(line)["event"] for line in process.stderr]

    assert serving["event"] == "serving"
    assert serving["port"] > 0
    assert serving.get("workers", 1) == workers
    assert rest == ["draining", "stopped"]
    assert process.returncode == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_why_the_service_cannot_begin_is_said_once(small: Path, tmp_path: Path, workers: int) -> None:
    """However many workers cannot: in the words of one of them, with the code of one."""
    command = [sys.executable, "-m", "taxatie", "serve", "--rulesets", str(small), "--port", "0", "--ledger", "off",
               "--workers", str(workers)]  # fmt: skip

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "taxatie: not assessed: treat as urgent (release `one` is a draft)",
        "  hint: publish it, or serve with --drafts",
    ]


def test_two_services_with_workers_do_not_share_a_port(taxatie: Taxatie, small: Path) -> None:
    """The kernel would let them, and each call would come to one of them by chance."""
    with reserved_port("127.0.0.1", 0) as port:
        outcome = taxatie("serve", "--drafts", "--rulesets", small, "--ledger", "off", "--workers", "2", "--port", port)

    assert outcome.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in outcome.stderr
