"""The demonstration: the shipped cases go to a real service through the real client, and come back explained."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from taxatie.client import AsyncClient, case_message
from taxatie.errors.diagnostics import Diagnostics
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.nodes import plain
from taxatie.rules.parser import decode_text, parse_text
from taxatie.server.server import Server
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wiring import SecondEngine, Settings, SystemClock, build

TELLING: Final[Mapping[str, str]] = {
    "acute-danger/neighbour-sees-beating": "Een buur ziet een man zijn vrouw slaan, en vreest dat hij raadt wie belt.",
    "grey-zone/drunk-man-almost-hit": "Een dronken man sloeg bijna zijn vrouw. Meer is er niet bekend.",
    "grey-zone/threatened-not-at-the-door": "Iemand is bedreigd. De dreiger staat nu niet voor de deur.",
    "separation-or-control/threatened-ex-told-mediation": (
        "Een vrouw is doodsbang voor haar ex, die haar bedreigt en volgt. Zij kreeg mediation aangeraden."
    ),
    "separation-or-control/conflict-asked-and-excluded-one-denial-overheard": (
        "Twee ouders hebben ruzie over de kinderen. Alles is gevraagd, maar bij een antwoord kon de ander meeluisteren."
    ),
    "child-at-risk/the-child-nobody-listed": "Er is geweld en er zijn kinderen. Niemand heeft naar een kind gekeken.",
    "acute-danger/firearm-by-hearsay": "Van horen zeggen: de ex heeft een vuurwapen gekocht.",
    "after-the-first-day/handed-over-without-a-plan": (
        "De zaak is overgedragen. Er is geen plan, en niemand weet wie de regie heeft."
    ),
    "reviews/father-will-take-the-boys-along": "Een vader zegt tegen een vriend dat er straks niemand meer is.",
    "reviews/old-mother-son-keeps-doctor-away": (
        "Een zoon houdt de dokter weg bij zijn oude moeder. Met hem erbij zegt zij dat het goed gaat."
    ),
    "after-the-first-day/nothing-answered": "Er is gebeld en nog niets gevraagd.",
}
"""The seeds' people under other names, and cases that people get wrong, each with what was told."""

_REASONS_SHOWN: Final = 5
_ACTIONS_SHOWN: Final = 6
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
        asyncio.run(_demonstrate(build_now(settings), settings, say))


def build_now(settings: Settings) -> Callable[[], Server]:
    """Return what builds the server; it must be built within the running loop."""
    return lambda: build(settings, SystemClock(), _SilentLog())


async def _demonstrate(make: Callable[[], Server], settings: Settings, say: Say) -> None:
    scenarios = settings.scenarios
    assert scenarios is not None
    server = make()
    await server.start()
    try:
        async with AsyncClient(f"127.0.0.1:{server.port}") as client:
            for name, story in TELLING.items():
                case = case_message(_read(scenarios / f"{name}.yaml"))
                response = await client.assess(case, retrospective=True)
                say(f"\n=== {name.rpartition('/')[2]} (release {response.release}{_draft(response)})\n{story}\n")
                for line in _lines(response, _ranks(settings.rulesets, response.release)):
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


def _draft(response: messages.AssessResponse) -> str:
    return ", ongepubliceerd" if response.draft else ""


def _ranks(rulesets: Path, release: str) -> Mapping[str, int]:
    """Return how grave each rule is, to show those first that decide the level."""
    program = ReleaseFolder(rulesets).load(release)
    rules = (rule for scope in program.scopes for rule in scope.rules)
    return {rule.id: -1 if rule.level is None else program.level_rank(rule.level) for rule in rules}


def _lines(response: messages.AssessResponse, ranks: Mapping[str, int]) -> Iterator[str]:
    wording = response.wording
    told = zip(response.reasons, wording.reasons, strict=True)
    reasons = [sentence for _, sentence in sorted(told, key=lambda each: -ranks[each[0].match.rule])]
    yield f"{wording.level}"
    yield f"{wording.ceiling} {wording.valid_until}"
    yield from _part("Waarom", reasons, _REASONS_SHOWN, "redenen")
    yield from _part("Doe dit", wording.actions, _ACTIONS_SHOWN, "dingen om te doen")
    yield from _part("Adviseer niet", wording.withheld, len(wording.withheld), "")
    yield from _part("Vraag eerst", wording.open_questions, _QUESTIONS_SHOWN, "vragen die ertoe kunnen doen")
    yield from _part("Let op", wording.contradictions, len(wording.contradictions), "")


def _part(heading: str, sentences: Sequence[str], shown: int, what: str) -> Iterator[str]:
    if not sentences:
        return
    yield f"  {heading}:"
    yield from (f"    - {sentence}" for sentence in sentences[:shown])
    if len(sentences) > shown:
        yield f"    … en nog {len(sentences) - shown} {what}"
