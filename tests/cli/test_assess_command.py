"""`taxatie assess`: cases in, assessments out, whatever the files hold."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Taxatie

KEYS = {
    "case", "release", "level", "ceiling", "fired", "possible", "actions", "withheld", "findings",
    "open_questions", "contradictions", "valid_until",
}  # fmt: skip
CASE = {"case": "c-1", "reference_time": "2026-03-02T21:15:00+01:00", "answers": {"violence_now": "no"}}


def lines(text: str) -> list[dict[str, object]]:
    """Return the objects of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def test_a_case_gives_one_json_object_on_one_line(taxatie: Taxatie, small: Path, heard: Path) -> None:
    outcome = taxatie("assess", "--rulesets", small, "--release", "one", "--format", "json", heard)

    (answer,) = lines(outcome.stdout)
    assert outcome.exit_code == 0
    assert set(answer) >= KEYS
    assert answer["case"] == "heard-through-the-wall"
    assert answer["level"] == "immediate"
    assert answer["fired"] == [{"rule": "KT-01", "person": "adult-1"}]
    assert answer["withheld"] == [
        {"action": "mediation", "rules": [{"rule": rule, "person": "adult-1"} for rule in ("KT-01", "KT-02")]}
    ]
    assert answer["findings"] == {"case": {"pattern_of_threats": "possible"}}


def test_people_get_sentences(taxatie: Taxatie, small: Path, heard: Path) -> None:
    outcome = taxatie("assess", "--rulesets", small, heard)

    assert outcome.stdout.startswith("heard-through-the-wall: Acuut. Bel nu.\n")
    assert "Er is nu geweld, en het is ernstig." in outcome.stdout
    assert "Adviseer dit nu niet: Bemiddeling." in outcome.stdout


def test_sentences_come_in_english_too(taxatie: Taxatie, small: Path, heard: Path) -> None:
    outcome = taxatie("assess", "--rulesets", small, "--language", "en", heard)

    assert outcome.stdout.startswith("heard-through-the-wall: Immediate. Call now.\n")


@pytest.mark.parametrize("answer_format", ["human", "json"])
def test_what_can_be_shared_does_not_tell_who_reported(
    taxatie: Taxatie, small: Path, heard: Path, answer_format: str
) -> None:
    """A family that reads `heard through the wall` knows which neighbour called."""
    internal = taxatie("assess", "--rulesets", small, "--format", answer_format, heard)
    shared = taxatie("assess", "--rulesets", small, "--format", answer_format, "--audience", "shareable", heard)

    told = ("heard_through_wall", "door de muur")
    assert any(word in internal.stdout for word in told)
    assert not any(word in shared.stdout for word in told)


@pytest.mark.parametrize(
    ("detail", "explained"),
    [("level", set()), ("reasons", {"reasons"}), ("full", {"reasons", "open_questions", "near_misses"})],
)
def test_as_much_is_explained_as_was_asked_for(
    taxatie: Taxatie, small: Path, heard: Path, detail: str, explained: set[str]
) -> None:
    outcome = taxatie("assess", "--rulesets", small, "--format", "json", "--detail", detail, heard)

    (answer,) = lines(outcome.stdout)
    said = {key for key in ("reasons", "open_questions", "near_misses") if answer.get(key)}
    assert said <= explained
    assert bool(said) == bool(explained)


def test_every_engine_gives_the_same_bytes(taxatie: Taxatie, small: Path, heard: Path) -> None:
    live, reference = (
        taxatie("assess", "--rulesets", small, "--format", "json", "--engine", engine, heard).stdout
        for engine in ("live", "reference")
    )

    assert live
    assert live == reference


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "YAML": ("c.yaml", "case: c-1\nreference_time: 2026-03-02T21:15:00+01:00\nanswers: {violence_now: no}\n"),
        "YAML in brackets": (
            "c.yaml",
            '{case: c-1, reference_time: "2026-03-02T21:15:00+01:00", answers: {violence_now: no}}\n',
        ),
        "JSON on one line": ("c.json", json.dumps(CASE)),
        "JSON on several lines": ("c.json", json.dumps(CASE, indent="\t")),
        "JSON with a byte order mark": ("c.json", "\ufeff" + json.dumps(CASE, indent=1)),
        "a list of cases": ("c.json", json.dumps([CASE])),
        "a list of cases, one a line": ("c.json", f"[\n{json.dumps(CASE)}\n]\n"),
        "a case a line": ("c.jsonl", "\n" + json.dumps(CASE) + "\r\n\n"),
        "a case a line under any name": ("c.txt", json.dumps(CASE) + "\n"),
        "booleans": ("c.json", json.dumps({**CASE, "answers": {"violence_now": False}})),
    }.values(),
)
@pytest.mark.parametrize("is_piped", [False, True])
def test_a_case_may_be_written_in_several_ways(  # noqa: PLR0913, PLR0917  # a table has its columns
    taxatie: Taxatie, small: Path, tmp_path: Path, name: str, text: str, is_piped: bool  # noqa: FBT001
) -> None:  # fmt: skip
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")

    outcome = taxatie("assess", "--rulesets", small, "--format", "json", "-" if is_piped else file, stdin=text.encode())

    assert outcome.exit_code == 0
    assert [answer["case"] for answer in lines(outcome.stdout)] == ["c-1"]
    assert [answer["level"] for answer in lines(outcome.stdout)] == ["advise"]


def test_escapes_of_json_are_read_as_json(taxatie: Taxatie, small: Path, tmp_path: Path) -> None:
    """YAML would read the two halves of this character as two that do not exist."""
    file = tmp_path / "c.json"
    file.write_text(json.dumps({**CASE, "case": "\N{OWL}"}, indent=1), encoding="utf-8")

    outcome = taxatie("assess", "--rulesets", small, "--format", "json", file)

    assert [answer["case"] for answer in lines(outcome.stdout)] == ["\N{OWL}"]
    assert "`\N{OWL}` is not formed as it should be" in outcome.stderr


def test_answers_keep_the_order_of_the_cases(taxatie: Taxatie, small: Path, tmp_path: Path, heard: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps({**CASE, "case": f"c-{number}"}) for number in (3, 1, 2)), encoding="utf-8")

    outcome = taxatie("assess", "--rulesets", small, "--format", "json", file, heard, file)

    cases = [answer["case"] for answer in lines(outcome.stdout)]
    assert cases == ["c-3", "c-1", "c-2", "heard-through-the-wall", "c-3", "c-1", "c-2"]


def test_a_faulty_case_keeps_its_place_and_stops_no_other(taxatie: Taxatie, small: Path) -> None:
    """Whoever joins answers to cases by line must never be off by one, and never read silence as mild."""
    faulty = {**CASE, "case": "c-2", "mode": "rapport", "answers": {"violense_now": "yes"}}
    stream = "\n".join(map(json.dumps, [CASE, faulty, {**CASE, "case": "c-3"}]))

    outcome = taxatie("assess", "--rulesets", small, "--format", "json", "-", stdin=stream)

    first, second, third = lines(outcome.stdout)
    assert outcome.exit_code == 1
    assert (first["case"], third["case"]) == ("c-1", "c-3")
    assert second == {
        "case": "c-2",
        "error": "not assessed: treat as urgent",
        "place": "-:2",
        "faults": [
            {"path": "mode", "message": "`rapport` is no mode", "hint": "write `report` or `advice`"},
            {
                "path": "answers.violense_now",
                "message": "`violense_now` is no signal of this release",
                "hint": "did you mean `violence_now`?",
            },
        ],
    }
    assert outcome.stderr.startswith("-:2: not assessed: treat as urgent (case `c-2`: mode: ")


BROKEN = {
    "not JSON": (b'{"case": "c-2", }', "not JSON: "),
    "no map": (b"[1, 2]", "a case is a map of keys"),
    "a word": (b"nonsense", "not JSON: "),
    "a key twice": (b'{"case": "c-2", "case": "c-3"}', "the key `case` stands twice in one map"),
    "no value of JSON": (b'{"case": NaN}', "`NaN` is no value of JSON"),
    "not UTF-8": (b'{"case": "\xff"}', "byte 10 is not UTF-8"),
    "nested too deep": (b'{"case":' * 60 + b"1" + b"}" * 60, "this is nested more than 40 deep"),
    "nested far too deep": (b"[" * 100_000, "this is nested more than 40 deep"),
    "half a character": (
        b'{"case": "\\ud800", "reference_time": "2026-03-02T21:15:00Z"}',
        "is not formed as it should be",
    ),
    "an endless number": (b'{"case": ' + b"9" * 10_000 + b"}", "not JSON: "),
    "too long": (b'{"case": "' + b"x" * 2_500_000 + b'"}', "the case has more than 1000000 bytes"),
}


@pytest.mark.parametrize(("line", "message"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("place", [0, 1])
def test_a_broken_line_is_one_fault_and_no_more(
    taxatie: Taxatie, small: Path, line: bytes, message: str, place: int
) -> None:  # fmt: skip
    good = [json.dumps({**CASE, "case": name}).encode() for name in ("good-1", "good-2")]
    good.insert(place, line)

    outcome = taxatie("assess", "--rulesets", small, "--format", "json", "-", stdin=b"\n".join(good))

    answers = lines(outcome.stdout)
    assert outcome.exit_code == 1
    assert [str(answer["case"])[:4] for answer in answers if "error" not in answer] == ["good", "good"]
    assert "error" in answers[place]
    assert message in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    {
        "nothing": (b"", "the text is empty"),
        "not YAML": (b"case: [", "TX101"),
        "an alias": (b"case: &a x\nmode: *a\n", "TX103"),
        "not UTF-8": (b"case: \xff", "TX107"),
        "binary": (bytes(range(256)), "TX107"),
        "too large": (b"# x\n" * 600_000, "TX106"),
        "blank": (b"\n" * 10_000, "the text is empty"),
        "no map": (b"- 1\n- 2\n", "a case is a map of keys"),
    }.values(),
)
def test_a_broken_document_is_told_without_a_traceback(
    taxatie: Taxatie, small: Path, tmp_path: Path, text: bytes, message: str
) -> None:
    file = tmp_path / "case.yaml"
    file.write_bytes(text)

    outcome = taxatie("assess", "--rulesets", small, "--format", "json", file)

    assert outcome.exit_code == 1
    assert message in outcome.stderr
    assert lines(outcome.stdout)[0]["error"] == "not assessed: treat as urgent"


def test_what_a_case_says_cannot_steer_a_terminal(taxatie: Taxatie, small: Path) -> None:
    """Cases come from outside; an escape in one could rewrite what stands on the screen."""
    case = {**CASE, "case": "\x1b[2J\x07"}

    outcome = taxatie("assess", "--rulesets", small, "-", stdin=json.dumps(case))

    assert "\x1b" not in outcome.stderr
    assert "\\x1b[2J\\x07" in outcome.stderr


def test_without_a_release_the_one_in_force_is_taken(taxatie: Taxatie, folder: Path, heard: Path) -> None:
    text = (folder / "releases" / "one.yaml").read_text(encoding="utf-8")
    later = text.replace("release: one", "release: two").replace("2026-01-01", "2026-03-02")
    (folder / "releases" / "two.yaml").write_text(later, encoding="utf-8")
    day_before = {**CASE, "reference_time": "2026-03-01T23:59:59+01:00"}
    same_day = {**CASE, "reference_time": "2026-03-01T23:30:00Z"}
    before_all = {**CASE, "reference_time": "2025-12-31T23:59:59+01:00"}
    stream = "\n".join(map(json.dumps, [day_before, same_day, same_day, before_all, {"case": "c-1"}]))

    outcome = taxatie("assess", "--rulesets", folder, "--format", "json", "-", heard, stdin=stream)

    assert [answer.get("release") for answer in lines(outcome.stdout)] == ["one", "two", "two", None, None, "two"]
    assert "no release is in force on 2025-12-31" in outcome.stderr
    assert "`reference_time` is missing" in outcome.stderr


def test_a_release_that_is_not_there_is_named_with_those_that_are(
    taxatie: Taxatie, small: Path, heard: Path
) -> None:  # fmt: skip
    outcome = taxatie("assess", "--rulesets", small, "--release", "two", heard)

    assert outcome.exit_code == 1
    assert outcome.stdout == ""
    assert outcome.stderr == (
        "taxatie: not assessed: treat as urgent (there is no release `two`)\n  hint: releases here: `one`\n"
    )


@pytest.mark.parametrize("options", [(), ("--release", "one")])
def test_a_broken_release_assesses_nothing_and_shows_its_faults(
    taxatie: Taxatie, folder: Path, heard: Path, options: tuple[str, ...]
) -> None:
    """A mild answer from half a release would be worse than none."""
    rules = folder / "kitchen-table" / "1.0.0.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("when: strangulation", "when: strangulaton"))

    outcome = taxatie("assess", "--rulesets", folder, "--format", "json", *options, heard, heard)

    assert outcome.exit_code == 1
    assert all(answer["error"] == "not assessed: treat as urgent" for answer in lines(outcome.stdout))
    assert outcome.stderr.count("TX301") == 1
    assert "did you mean `strangulation`?" in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("case.yaml",), "`case.yaml`: no such file or directory"),
        (("--rulesets", "nowhere", "case.yaml"), "`nowhere` holds no `releases` folder"),
        ((), "Missing argument"),
        (("--format", "xml", "case.yaml"), "'xml' is not one of"),
    ],
)
def test_what_cannot_be_asked_is_a_fault_of_usage(
    taxatie: Taxatie, small: Path, arguments: tuple[str, ...], message: str
) -> None:
    outcome = taxatie("assess", "--rulesets", small, *arguments)

    assert outcome.exit_code == 2
    assert message in outcome.stderr
