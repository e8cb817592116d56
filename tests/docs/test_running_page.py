"""The page on running the service names every option, and every line that it asks people to watch for."""

import re
from pathlib import Path

from typer.main import get_command

from taxatie.cli.app import app
from taxatie.service.second_opinion import Silence

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "running-the-service.md").read_text(encoding="utf-8")


def test_every_option_of_the_service_is_on_the_page() -> None:
    serve = get_command(app).commands["serve"]  # type: ignore[attr-defined]  # a group has its commands
    options = {name for option in serve.params for name in option.opts if name.startswith("--")}

    assert options
    assert {option for option in options if f"`{option}`" not in PAGE} == set()


def test_no_option_is_on_the_page_that_the_service_does_not_have() -> None:
    serve = get_command(app).commands["serve"]  # type: ignore[attr-defined]
    options = {name for option in serve.params for name in (*option.opts, *option.secondary_opts)}
    told = set(re.findall(r"`(--[a-z-]+)`", PAGE))

    assert told - options - {"--engine", "--help"} == set()


def test_each_line_to_watch_for_is_one_that_the_service_writes() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "taxatie").rglob("*.py"))
    rows = PAGE.split("## What to watch for")[1]
    events = set(re.findall(r"`([a-z]+_[a-z_]+)`", rows))

    assert events
    assert {event for event in events if f'"{event}"' not in code} == set()


def test_each_reason_for_silence_is_on_the_page() -> None:
    assert {silence for silence in Silence if f"`{silence}`" not in PAGE} == set()
