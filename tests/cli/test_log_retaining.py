"""The service erases what is past its period as soon as it starts."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import DATA, Taxatie
from tests.cli.log_cases import a_log, kept


def test_the_service_erases_old_advice_when_it_starts(taxatie: Taxatie, small: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    a_log(log)
    command = [sys.executable, "-m", "taxatie", "serve", "--drafts", "--rulesets", str(small), "--port", "0",
               "--scenarios", str(DATA / "cases"), "--ledger-folder", str(log)]  # fmt: skip

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=origin_of_tests()) as process:
        assert process.stderr is not None
        lines = (json.loads(line) for line in process.stderr)
        retention = next(line for line in lines if line["event"].startswith("retention"))
        process.send_signal(signal.SIGTERM)
        rest = [line["event"] for line in lines]

    assert (retention["event"], retention["erased"]) == ("retention", 1)
    assert rest[-1] == "stopped"
    assert [each.entry.place for each in kept(log) if each.is_erased] == [3]
    assert taxatie("log", "verify", "--ledger-folder", log).exit_code == 0


def origin_of_tests() -> dict[str, str]:
    """Return the environment, with the origin of the tests' log."""
    return {**os.environ, "TAXATIE_LEDGER_ORIGIN": "taxatie/tests", "TAXATIE_SECOND_ENGINE": "off"}
