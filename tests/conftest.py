"""Shows in the summary the tables that tests keep of what they saw."""

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
# Chance belongs into `make fuzz`: a test that passed yesterday must pass today on the same code.


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every table that a test recorded under `table`, also from other processes."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, table in report.user_properties:
                if name == "table":
                    terminalreporter.section(report.nodeid)
                    terminalreporter.write_line(str(table))
