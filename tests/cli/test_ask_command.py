"""`taxatie ask`: answers from a pipe, what is refused, what is saved and what is not."""

import json
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from taxatie.cli import ask_command
from taxatie.cli.interview_start import Start, start_conversation
from taxatie.cli.interviewing import Conversation
from taxatie.terms.text import Language
from tests.cli.conftest import Taxatie

AT = "2026-03-02T21:15:00+01:00"
Capture = pytest.CaptureFixture[str]
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(taxatie: Taxatie, small: Path) -> Ask:
    """Return the interview about the small release, at a fixed time, with lines from a pipe."""

    def call(*arguments: str | Path, lines: tuple[str, ...] = (), at: str | None = AT) -> tuple[int, str, str]:
        options = ("--rulesets", small, *(() if at is None else ("--at", at)))
        outcome = taxatie("ask", *options, *arguments, stdin="".join(f"{line}\n" for line in lines))
        return outcome.exit_code, outcome.stdout, outcome.stderr

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where to save."""
    return tmp_path / "case.yaml"


def body(file: Path) -> str:
    """Return a saved case without its reference, which is made by chance."""
    return re.sub(r"^case: .*\n", "", file.read_text(encoding="utf-8"))


def test_answers_from_a_pipe_make_a_case(ask: Ask, taxatie: Taxatie, small: Path, file: Path) -> None:
    code, outcome, asked = ask(file, lines=("ja", "nee g", "ja", "nee h p", "klaar"))

    assert code == 0
    assert outcome.startswith("ask-")
    assert "Doe dit:" in outcome
    assert "Over adult-1: Is deze persoon bij de keel gegrepen?" in asked
    assert f"Bewaard in {file}" in asked
    assert body(file) == (
        f"reference_time: {AT}\nmode: report\nanswers:\n  violence_now: yes\n"
        "  heard_through_wall: {value: no, basis: observed}\n"
        "persons:\n  - id: adult-1\n    subject: adult\n    answers:\n"
        "      strangulation: {value: no, basis: hearsay, partner_present: yes}\n"
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert taxatie("assess", "--rulesets", small, file).stdout.strip() == outcome.strip()


def test_the_end_of_the_input_ends_the_interview(ask: Ask, file: Path) -> None:
    code, outcome, asked = ask(file)

    assert code == 0
    assert "Advies. Geef advies." in outcome
    assert "Niveau: Advies. Kan nog worden: Acuut." in asked
    assert body(file) == f"reference_time: {AT}\nmode: report\n"


def test_level_and_ceiling_are_shown_as_they_move(ask: Ask, file: Path) -> None:
    _, _, asked = ask(file, "--language", "en", lines=("yes", "yes"))

    assert "Level: Advice. May still become: Immediate." in asked
    assert "Level: Advice → Immediate. May still become: Immediate.\n  Call now.\n" in asked


@pytest.mark.parametrize(
    "line", ["", "Jan de Vries", "ja Jan", "ja h v", "ja p p", "3", "terug nu", "erbij Jan", "erbij"]
)
def test_nothing_but_known_words_is_taken(ask: Ask, file: Path, line: str) -> None:
    """A name that was typed is neither kept nor shown again."""
    code, outcome, asked = ask(file, lines=(line,))

    assert code == 0
    assert "Dat past hier niet. Kies uit: ja / nee / onbekend." in asked
    assert "Jan" not in asked + outcome + file.read_text(encoding="utf-8")
    assert body(file) == f"reference_time: {AT}\nmode: report\n"


def test_numbers_and_registers_are_asked_too(ask: Ask, file: Path) -> None:
    """To the registers only a kind, a date that was, a listed person and a numbered reporter are an answer."""
    first = ("onbekend", "onbekend", "ja", "onbekend", "nee")
    wrong = ("2", "2 2026-03-03", "2 2026-02-30", "2 2026-1-1", "9 2026-01-10", "2 2026-01-10 Jan", "1 2026-01-10")
    events = ("2 2026-01-10 m1", "2 2020-02-10 adult-1", "1")

    code, _, asked = ask(file, lines=(*first, *wrong, *events, "s", "ja", "18", "4 d"))

    assert code == 0
    assert "  2. Bedreiging" in asked
    assert "[een getal van 0 tot en met 17 years / onbekend]" in asked
    assert asked.count("Dat past hier niet") == len(wrong) + 1
    assert "    - {kind: threat, date: 2026-01-10, reporter: reporter-1}\n" in body(file)
    assert "    - {kind: threat, date: 2020-02-10, person: adult-1}\n" in body(file)
    assert "  searched: yes\n" in body(file)
    assert "child_age: {value: 4, basis: record}\n" in body(file)


def test_persons_are_added_and_counted(ask: Ask, file: Path) -> None:
    lines = ("erbij kind", "erbij child", "iedereen kind", "erbij volwassene", "iedereen volwassene")

    _, _, asked = ask(file, lines=lines)

    assert "child-2 is erbij gezet." in asked
    assert "Niemand anders hoort erbij: kind." in asked
    assert "everyone_listed: [adult, child]" in body(file)


def test_somebody_who_must_be_there_is_not_left_out(ask: Ask, file: Path) -> None:
    """Without any adult there would be nobody to assess, and the mildest level would come of it."""
    _, _, asked = ask(file, lines=("iedereen volwassene", "ja", "nee", "nee"))

    assert "[ja (voegt adult-1 toe) / overslaan]" in asked
    assert asked.count("Er hoort minstens één persoon bij (volwassene).") == 2
    assert "everyone_listed" not in body(file)


def test_when_nothing_is_left_to_ask_it_says_so(ask: Ask, file: Path) -> None:
    """Skipping is refused there, and so is an answer, for want of a question."""
    lines = ("ja", "nee", "ja", "nee", "nee", "nee", "1", "s", "ja")

    _, _, asked = ask(file, lines=lines)

    assert "Er is niets meer te vragen dat ertoe doet." in asked
    assert "Dat kan hier niet." in asked
    assert "Kies uit: terug / overslaan" in asked


def test_at_the_end_what_was_skipped_can_be_asked_again(ask: Ask, file: Path) -> None:
    first = ("ja", "s", "s", "s", "s", "s")

    _, _, asked = ask(file, lines=(*first, "ja", "s", "?", "opnieuw", "ja", "terug", "nee"))

    assert "Nog open, overgeslagen of onzeker: 5." in asked
    assert "Dat kan hier niet." in asked
    assert asked.count("Is het door de muur te horen?") == 3
    assert "heard_through_wall: no" in body(file)


def test_help_tells_what_can_be_typed(ask: Ask, file: Path) -> None:
    _, _, asked = ask(file, lines=("?", "terug"))

    assert "van horen zeggen" in asked
    assert "erbij volwassene|kind" in asked
    assert "Dit is het begin" in asked


def test_a_saved_interview_can_be_gone_on_with(ask: Ask, file: Path) -> None:
    ask(file, "--region", "noord", "--mode", "advice", lines=("ja", "s", "ja"))
    before = file.read_text(encoding="utf-8")

    refused = ask("--resume", file, at=None)
    code, _, asked = ask("--resume", file, "--force", lines=("ja",), at=None)

    assert (refused[0], "is there already" in refused[2]) == (2, True)
    assert code == 0
    assert "Dit gaat verder met" in asked
    assert "Is er nu geweld?" not in asked
    assert "heard_through_wall: yes" in body(file)
    assert file.read_text(encoding="utf-8").splitlines()[:4] == before.splitlines()[:4]


def test_nothing_is_written_over_without_being_told_to(ask: Ask, file: Path) -> None:
    """It is said before the first question: afterwards the answers would be lost."""
    file.write_text("kept", encoding="utf-8")

    code, _, told = ask(file, lines=("ja",))

    assert code == 2
    assert "is there already" in told
    assert "Is er nu geweld?" not in told
    assert file.read_text(encoding="utf-8") == "kept"
    assert ask(file, "--force")[0] == 0


def test_what_came_to_stand_there_meanwhile_is_kept(small: Path, file: Path, capsys: Capture) -> None:
    """Between the first question and the last somebody else may save under the same name."""
    lines = iter(["ja", "klaar", None])

    def read() -> str | None:
        file.write_text("of somebody else", encoding="utf-8")
        return next(lines)

    assert _left(_conversation(small, file, read), None) == 1
    assert capsys.readouterr().err.count("NIET bewaard") == 2
    assert file.read_text(encoding="utf-8") == "of somebody else"
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_breaking_off_saves_nothing_and_says_so(small: Path, file: Path, capsys: Capture) -> None:
    code = _left(_conversation(small, file, _broken_off_after("ja", "nee")), None)

    said = capsys.readouterr()
    assert (code, said.out) == (130, "")
    assert "Er is NIETS bewaard van dit gesprek." in said.err
    assert list(file.parent.iterdir()) == []


def test_breaking_off_after_saving_says_what_is_there(small: Path, file: Path, capsys: Capture) -> None:
    code = _left(_conversation(small, file, _broken_off_after("ja", "bewaar", "nee")), file)

    assert code == 130
    assert "Wat daarna kwam is NIET bewaard" in capsys.readouterr().err
    assert "violence_now: yes" in body(file)
    assert "heard_through_wall" not in body(file)


def test_breaking_off_leaves_the_resumed_file_as_it_was(small: Path, file: Path, capsys: Capture) -> None:
    code = _left(_conversation(small, file, _broken_off_after("ja")), file)

    assert code == 130
    assert f"{file} is niet veranderd." in capsys.readouterr().err


def _conversation(small: Path, file: Path, read: Callable[[], str | None]) -> Conversation:
    """Return a conversation in which this is typed."""
    start = Start(small, None, Language.NL)
    conversation = start_conversation(start, {"case": "c-1", "reference_time": AT}, file, is_forced=False)
    return replace(conversation, read=read)


def _broken_off_after(*lines: str) -> Callable[[], str]:
    """Return what types these lines, and then Ctrl-C."""
    left = iter(lines)

    def read() -> str:
        line = next(left, None)
        if line is None:
            raise KeyboardInterrupt
        return line

    return read


def _left(conversation: Conversation, resume: Path | None) -> int:
    """Hold the conversation; return the code that it is left with."""
    with pytest.raises(typer.Exit) as left:
        ask_command._hold(conversation, resume)
    return left.value.exit_code


@pytest.mark.parametrize(
    ("text", "told"),
    {
        "a scenario": ("case: c-1\nreference_time: 2026-03-02T21:15:00Z\nexpect: {level: urgent}\n", "is a scenario"),
        "no case": ("just words\n", "holds no case"),
        "several": ('{"case": "a"}\n{"case": "b"}\n', "holds 2 cases"),
        "broken": ("case: [\n", "TX101"),
        "unknown signal": ("case: c\nreference_time: 2026-03-02T21:15:00Z\nanswers: {x: yes}\n", "`x` is no signal"),
    }.values(),
)
def test_what_cannot_be_resumed_is_told(ask: Ask, file: Path, text: str, told: str) -> None:
    file.write_text(text, encoding="utf-8")

    code, _, said = ask("--resume", file, "--force", at=None)

    assert code != 0
    assert told in said
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--resume", "case.yaml"), "has its mode, region and time already"),
        (("--region", "nergens"), "`nergens` is no region"),
        (("nowhere/case.yaml",), "is no folder"),
    ],
)
def test_what_makes_no_sense_is_told_before_the_first_question(ask: Ask, arguments: tuple[str, ...], told: str) -> None:
    code, _, said = ask(*arguments)

    assert code != 0
    assert told in said
    assert "Is er nu geweld?" not in said


def test_the_reference_and_the_time_are_made_where_they_are_not_given(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taxatie: Taxatie, small: Path
) -> None:
    """A reference that is made tells nobody who it is about."""
    monkeypatch.chdir(tmp_path)

    code, outcome, _ = ask("--release", "one", at=None)

    (saved,) = tmp_path.glob("ask-*.yaml")
    again = taxatie("assess", "--rulesets", small, "--release", "one", "--format", "json", saved)
    assert code == 0
    assert outcome.startswith(f"{saved.stem}: ")
    assert json.loads(again.stdout)["case"] == saved.stem
