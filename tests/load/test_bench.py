"""The benchmark runs, on few cases and without peers, so that it can be run on many with them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from load.bench_evaluation import expected_rules
from load.bench_profile import profile_lines
from load.bench_table import Figure, Goal, Row, Section, as_markdown, as_plain, as_text, put_into
from load.http2 import Request
from load.native import framed
from load.peers.expressions import Dialect, Writer, each_rule
from load.peers.plain_facts import plain_facts
from load.peers.two_valued import fully_answered
from load.population import Population
from load.population_cases import cases_of
from load.prepared import ASSESS, Prepared
from load.sender import Plan, read_messages, send
from load.serving import ROOT, Serving, started
from taxatie.rules.condition import Some
from taxatie.terms.names import CASE, RuleId
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from tests.content.test_safeguards import PROGRAM

SLOW = Row("slow", Figure(1234.5, "ms"), Figure(10, "ms"), 123.45, Goal(2, is_least=False))
QUICK = Row("quick", Figure(1.234, "ms"), None, None, Goal(2, is_least=False, unit="ms"))
BARE = Row("bare", Figure(50, "calls/s"), Figure(100, "calls/s"), 0.5)
SECTION = Section("Speed", ("Read the ratios.",), (SLOW, QUICK, BARE))

PYTHON = Dialect(
    conjunction=" and ",
    disjunction=" or ",
    negation="(not {})",
    choice="({1} if {0} else {2})",
    answer=lambda signal, person: f"{'case' if person is None else person}['s_{signal}']",
    group=lambda group, inner: (
        f"{'any' if isinstance(group, Some) else 'all'}({inner('other')} for other in case['all_{group.subject}'])"
    ),
)
"""A peer that is always installed."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server that answers without looking."""
    answers = tmp_path_factory.mktemp("empty") / "answers"
    answers.write_bytes(b"".join(framed(messages.AssessResponse(level=level)) for level in ("serious", "acute")))
    with started("-m", "load.empty", "--answers", str(answers)) as service:
        yield service


@pytest.mark.parametrize(("row", "is_met"), [(SLOW, False), (QUICK, True), (BARE, None)])
def test_a_goal_is_met_by_the_ratio_or_else_by_the_figure(row: Row, is_met: object) -> None:
    assert row.is_met is is_met


def test_the_table_is_the_same_for_people_and_for_programs() -> None:
    text, markdown = as_text([SECTION]), as_markdown([SECTION], "a machine")

    assert "1,234 ms" in text or "1,235 ms" in text
    assert text.count("NOT MET") == markdown.count("NOT MET") == 1
    assert "| quick | 1.23 ms |  |  | ≤ 2 ms | met |" in markdown
    assert "Read the ratios." in text
    plain = as_plain([SECTION], "a machine")
    assert json.loads(json.dumps(plain))["sections"][0]["rows"][2]["ratio"] == 0.5


def test_the_table_takes_the_place_of_an_older_one() -> None:
    page = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")

    once = put_into(page, "| a table |")

    assert "| a table |" in once
    assert "| Assess" not in once
    assert put_into(put_into(page, "| other |"), "| a table |") == once


def test_a_profile_names_what_is_heavy() -> None:
    lines = profile_lines(lambda: sorted(range(100_000), key=lambda number: -number))

    assert any("sorted" in line for line in lines)


@pytest.mark.parametrize("size", [5, 16_384, 16_385, 40_000])
def test_a_request_is_cut_into_frames_that_hold_all_of_it(size: int) -> None:
    message = bytes(range(256)) * (size // 256) + bytes(size % 256)
    stream = (7).to_bytes(4, "big")
    data, found, flags = stream.join(Request.of(message).parts), b"", []

    while data:
        length = int.from_bytes(data[:3], "big")
        assert length <= 16_384
        assert (data[3], data[5:9]) == (0, stream)
        flags.append(data[4])
        found, data = found + data[9 : 9 + length], data[9 + length :]
    assert found == message
    assert flags == [0] * (len(flags) - 1) + [1]


@pytest.mark.parametrize("rate", [0.0, 500.0])
def test_the_sender_counts_what_is_answered(empty: Serving, rate: float) -> None:
    prepared = [framed(request) for request in Prepared.of(PROGRAM, 3).requests("reasons")]

    sent = send(Plan(empty.port, ASSESS, "", seconds=0.1, in_flight=16, rate=rate), prepared)

    assert sent.calls > 0
    assert sent.failed == 0
    assert 0 < sent.median <= sent.p99
    assert rate == 0.0 or sent.calls == 50


def test_the_sender_counts_what_is_refused(empty: Serving) -> None:
    no_message = b"\x00" + (3).to_bytes(4, "big") + b"\xff\xff\xff"

    sent = send(Plan(empty.port, ASSESS, "", seconds=0.1, in_flight=16, rate=100.0), [no_message])

    assert sent.failed == sent.calls == 10


def test_requests_are_read_as_they_were_written(tmp_path: Path) -> None:
    prepared = Prepared.of(PROGRAM, 3)

    found = list(read_messages(prepared.write(tmp_path / "requests", "reasons").read_bytes()))

    assert [messages.AssessRequest.FromString(each[5:]) for each in found] == prepared.requests("reasons")


def test_conditions_written_for_a_peer_fire_the_same_rules() -> None:
    writer = Writer(PROGRAM, PYTHON)
    rules: list[tuple[RuleId, Callable[[dict[str, object]], bool]]] = []
    for subject, rule in each_rule(PROGRAM):
        condition = writer.written(rule.condition, None if subject == CASE else "person")
        whole = condition if subject == CASE else f"any({condition} for person in case['all_{subject}'])"
        rules.append((rule.id, eval(f"lambda case: {whole}", {"false": False, "true": True})))
    cases = list(cases_of(PROGRAM, fully_answered(Population(PROGRAM).batch(0, 100))))

    facts = [plain_facts(PROGRAM, case) for case in cases]

    assert [{name for name, fires in rules if fires(each)} for each in facts] == expected_rules(PROGRAM, cases)


def test_the_benchmark_writes_its_table(tmp_path: Path) -> None:
    few = ["--cases", "4", "--answered", "5", "--rounds", "1", "--seconds", "0.1"]
    command = [sys.executable, "-m", "load.bench", "--without-peers", "--without-variants", "--without-profiles"]

    said = subprocess.run(
        [*command, *few, "--folder", str(tmp_path)], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    table = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    rows = {row["what"]: row for section in table["sections"] for row in section["rows"]}
    assert rows["Assess with reasons, beside an empty method"]["goal"] == {"bound": 0.75, "is_least": True, "unit": "x"}
    assert rows["AssessMany with reasons, beside Assess"]["ratio"] > 0
    assert rows["its p99 at half load"]["ratio"] > 0
    assert rows["open questions and near misses, median"]["goal"]["unit"] == "ms"
    assert all(name in said for name in rows)
    assert (tmp_path / "bench.md").read_text(encoding="utf-8").count("| Assess with reasons") == 1
