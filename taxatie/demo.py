"""The demonstration: the shipped cases go to a real service through the real client, and come back explained."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from taxatie.client import AsyncClient, case_message
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.nodes import plain
from taxatie.rules.parser import decode_text, parse_text
from taxatie.server.server import Server
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wiring import SecondEngine, Settings, SystemClock, build

TELLING: Final = (
    "acute-danger/neighbour-sees-beating",
    "grey-zone/drunk-man-almost-hit",
    "grey-zone/threatened-not-at-the-door",
    "separation-or-control/threatened-ex-told-mediation",
    "separation-or-control/conflict-asked-and-excluded-one-denial-overheard",
    "child-at-risk/the-child-nobody-listed",
    "acute-danger/firearm-by-hearsay",
    "after-the-first-day/handed-over-without-a-plan",
    "after-the-first-day/nothing-answered",
)
"""The seeds' people under other names, and cases that people get wrong."""

_QUESTIONS_SHOWN: Final = 4
Say = Callable[[str], object]


class _SilentLog:
    """Takes the service's lines, which a demonstration does not show."""

    def note(self, event: str, **fields: object) -> None:
        """Say nothing."""

    def fail(self, event: str, **fields: object) -> None:
        """Say nothing."""


def demonstrate(rulesets: Path, scenarios: Path, say: Say) -> None:
    """Serve the rulesets, assess the telling cases of the scenarios, and say what came back."""
    with TemporaryDirectory() as ledger:
        settings = Settings(
            rulesets=rulesets,
            scenarios=scenarios,
            port=0,
            drafts=True,
            ledger_folder=Path(ledger),
            second_engine=SecondEngine.OFF,
        )
        asyncio.run(_demonstrate(build_now(settings), scenarios, say))


def build_now(settings: Settings) -> Callable[[], Server]:
    """Return what builds the server; it must be built within the running loop."""
    return lambda: build(settings, SystemClock(), _SilentLog())


async def _demonstrate(make: Callable[[], Server], scenarios: Path, say: Say) -> None:
    server = make()
    await server.start()
    try:
        async with AsyncClient(f"127.0.0.1:{server.port}") as client:
            for name in TELLING:
                case = case_message(_read(scenarios / f"{name}.yaml"))
                response = await client.assess(case, retrospective=True)
                for line in _lines(name, response):
                    say(line)
    finally:
        await server.drain(0)


def _read(path: Path) -> dict[str, object]:
    diagnostics = Diagnostics()
    source = decode_text(path.name, path.read_bytes(), diagnostics)
    root = None if source is None else parse_text(source, diagnostics)
    found = None if root is None else plain(root)
    assert isinstance(found, dict), [str(each) for each in diagnostics]
    # An advice refers to no case.
    hidden = {"expect", "case"} if found.get("mode") == "advice" else {"expect"}
    return {key: value for key, value in found.items() if key not in hidden}


def _lines(name: str, response: messages.AssessResponse) -> Iterator[str]:
    wording = response.wording
    draft = ", ongepubliceerd" if response.draft else ""
    yield ""
    yield f"=== {name.rpartition('/')[2]} (release {response.release}{draft})"
    yield f"{wording.level}"
    yield f"{wording.ceiling} {wording.valid_until}"
    for heading, sentences in (
        ("Waarom", wording.reasons),
        ("Doe dit", wording.actions),
        ("Adviseer niet", wording.withheld),
        ("Vraag eerst", wording.open_questions[:_QUESTIONS_SHOWN]),
        ("Let op", wording.contradictions),
    ):
        if sentences:
            yield f"  {heading}:"
            yield from (f"    - {sentence}" for sentence in sentences)
    more = len(wording.open_questions) - _QUESTIONS_SHOWN
    if more > 0:
        yield f"    … en nog {more} vragen die ertoe kunnen doen"
