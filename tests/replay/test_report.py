"""The report of a what-if tells all there is to tell, hides who could be recognised, and stands by itself."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxatie.replay.counts import Change, Counts, NamedDecision, Shift, Unreplayed
from taxatie.replay.groups import CHANNEL
from taxatie.replay.report import write_report
from taxatie.replay.report_rows import SMALL_NUMBER, Hidden, Scale, group_rows, hide_small
from taxatie.replay.report_tables import report_tables, shown_text, write_csv, write_parquet
from taxatie.terms.names import LevelId, ReleaseName
from taxatie.terms.text import Language
from tests.content.test_safeguards import PROGRAM

NEW = replace(PROGRAM, release=ReleaseName("2027.1"), is_draft=True)
MILDER, GRAVER = Change("acute", "serious"), Change("advise", "serious")
SAME = Change("acute", "acute")
VOID = frozenset({"meta", "link", "br", "img", "path", "use", "rect"})


def some_counts() -> Counts:
    """Return counts in which a bit of everything happened."""
    return Counts(
        decisions=1_300,
        replayed=1_250,
        levels={MILDER: 47, GRAVER: 120, SAME: 1_083},
        by_region={"noord": {MILDER: 40, SAME: 600}, "zuid": {MILDER: 7, GRAVER: 120, SAME: 480}, "": {SAME: 3}},
        by_channel={"police_officer": {MILDER: 47, SAME: 1_083}, "": {GRAVER: 120}},
        by_month={"2026-01": {MILDER: 47, GRAVER: 120, SAME: 1_083}},
        milder=(NamedDecision("0f" * 16, MILDER),),
        milder_in_all=47,
        actions=Shift({"consult_police": 120}, {"act_within_a_day": 47}),
        findings=Shift({"coercive_control": 12}),
        left_out={"caller=neighbour": 15},
        unreplayed={Unreplayed.ERASED: 40, Unreplayed.OTHER_LEVEL: 10},
        otherwise=(NamedDecision("aa" * 16, Change("acute", "advise")),),
    )


class Outline(HTMLParser):
    """What a page is made of: that each element is closed, which ids there are, which addresses it names."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.handle_names(attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.tags.append(tag)
        self.handle_names(attrs)

    def handle_names(self, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids and references."""
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"href", "src"}:
                self.references.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module", params=list(Language))
def page(request: pytest.FixtureRequest) -> str:
    """The report, in each language."""
    return write_report(some_counts(), PROGRAM, NEW, request.param)


def test_a_page_stands_by_itself(page: str) -> None:
    """It is sent by mail and opened years later: nothing is fetched, nothing runs."""
    outline = Outline(page)

    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert all(each.startswith("#") and each[1:] in outline.ids for each in outline.references)
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert "@import" not in page
    assert re.findall(r"https?://[^\"' ]+", page) == []


def test_a_page_says_its_language_and_title(page: str) -> None:
    assert ('<html lang="nl">' in page) == ("Wat als 2027.1" in page)
    assert ('<html lang="en">' in page) == ("What if 2027.1" in page)


def test_every_plot_is_named_and_has_its_table(page: str) -> None:
    plots = re.findall(r'<figure><svg role="img" aria-label="([^"]+)"', page)
    tables = re.findall(r"<caption>([^<]+)</caption>", page)

    assert len(plots) == 7
    assert set(plots) <= set(tables)


def test_plots_take_the_colours_of_the_page(page: str) -> None:
    """Else they would be black on black at night."""
    drawn = "".join(re.findall(r"<figure>.*?</figure>", page, flags=re.DOTALL))

    assert "var(--milder)" in drawn
    assert set(re.findall(r"#[0-9a-f]{6}\b", drawn)) == set()


def test_milder_decisions_come_first_and_are_named() -> None:
    page = write_report(some_counts(), PROGRAM, NEW, Language.EN)

    first = page[page.index("<h2") : page.index("<h2", page.index("<h2") + 1)]
    assert "Acute → Serious or structural" in first
    assert "0f" * 16 in first
    assert "(1 of 47)" in first


def test_what_is_not_counted_says_why() -> None:
    page = write_report(some_counts(), PROGRAM, NEW, Language.NL)

    assert "gewist" in page
    assert "caller=neighbour" in page
    assert "aa" * 16 in page
    assert PROGRAM.digest in page


def test_small_numbers_of_a_group_are_not_told() -> None:
    """Seven people in one region could be recognised; nor may they follow from the sum."""
    page = write_report(some_counts(), PROGRAM, NEW, Language.EN)
    region = page[page.index('id="region"') : page.index('id="channel"')]

    assert "&lt;10" in region
    assert "10+" in region
    assert ">7<" not in region
    assert ">40<" not in region


def test_a_channel_has_its_title() -> None:
    """A reader need not know how a release names who calls."""
    page = write_report(some_counts(), PROGRAM, NEW, Language.NL)
    signals = {name: signal for name, signal in PROGRAM.signals.items() if name != CHANNEL}
    without = write_report(some_counts(), replace(PROGRAM, signals=signals), NEW, Language.NL)

    (title,) = [option.title.nl for option in PROGRAM.signals[CHANNEL].options if option.id == "police_officer"]
    assert f'<th scope="row">{title}</th>' in page
    assert '<th scope="row">police_officer</th>' in without


def test_a_report_of_nothing_is_a_report() -> None:
    page = write_report(Counts(), PROGRAM, NEW, Language.EN)

    assert "No decision becomes milder." in page
    assert page.count("Nothing changes here.") == 6
    assert "All decisions that were read are counted." in page
    assert Outline(page).open == []


def test_the_same_counts_give_the_same_page() -> None:
    assert write_report(some_counts(), PROGRAM, NEW) == write_report(some_counts(), PROGRAM, NEW)


def test_what_neither_release_knows_is_shown_by_its_id() -> None:
    counts = Counts(decisions=1, replayed=1, levels={Change("gone", "acute"): 1}, actions=Shift({"unheard_of": 1}))

    page = write_report(counts, PROGRAM, NEW)

    assert "unheard_of" in page


def test_a_long_name_is_broken_in_the_plot_and_whole_in_the_table() -> None:
    title = replace(
        next(iter(PROGRAM.actions.values())).title, nl="a very long name of an action that nobody can read <&>"
    )
    actions = {name: replace(action, title=title) for name, action in PROGRAM.actions.items()}
    name = next(iter(actions))

    page = write_report(Counts(decisions=1, actions=Shift({name: 1})), PROGRAM, replace(NEW, actions=actions))

    assert "a very long name of an action that nobody can read &lt;&amp;&gt;" in page
    assert "…" in page


@given(st.lists(st.integers(0, 60), max_size=8))
def test_no_hidden_number_follows_from_the_sum(numbers: list[int]) -> None:
    """Whoever knows the sum and what is shown can never tell a single small number; beside others, at least."""
    shown = hide_small(numbers)
    hidden = [number for number, each in zip(numbers, shown, strict=True) if isinstance(each, Hidden)]

    assert all(
        isinstance(each, Hidden) for number, each in zip(numbers, shown, strict=True) if 0 < number < SMALL_NUMBER
    )
    assert all(each == number for number, each in zip(numbers, shown, strict=True) if not isinstance(each, Hidden))
    assert len(hidden) != 1 or sum(number >= SMALL_NUMBER for number in numbers) == 0


def test_which_way_a_change_goes_is_told_by_the_scale_that_knows_both() -> None:
    levels = tuple(level for level in PROGRAM.levels if level.id != "serious")
    without = replace(NEW, levels=levels)
    scale = Scale.of(PROGRAM, without)

    assert scale.way(Change("acute", "advise")) == -1
    assert scale.way(Change("serious", "acute")) == 1
    assert scale.way(Change("serious", "serious")) == 0
    assert scale.way(Change("elsewhere", "acute")) == 0
    assert LevelId("serious") in scale.before


def test_groups_stand_in_the_order_of_their_names() -> None:
    rows = group_rows(Scale.of(PROGRAM, NEW), some_counts().by_region)

    assert [row.name for row in rows] == ["", "noord", "zuid"]
    assert [row.decisions for row in rows] == [Hidden.SMALL, 640, Hidden.GIVES_AWAY]
    assert [row.milder for row in rows] == [0, Hidden.GIVES_AWAY, Hidden.SMALL]


def test_csv_has_a_file_for_each_table(tmp_path: Path) -> None:
    write_csv(report_tables(some_counts(), PROGRAM, NEW), tmp_path / "made")

    names = {path.name for path in (tmp_path / "made").iterdir()}
    rows = list(csv.reader((tmp_path / "made" / "levels.csv").read_text(encoding="utf-8").splitlines()))
    region = (tmp_path / "made" / "by_region.csv").read_text(encoding="utf-8")
    assert names == {f"{name}.csv" for name in tables_of(some_counts())}
    assert rows[0] == ["before", "after", "decisions"]
    assert ["acute", "serious", "47"] in rows
    assert "zuid,milder,<10\n" in region
    assert "noord,milder,10+\n" in region


def test_parquet_holds_every_number_that_csv_does(tmp_path: Path) -> None:
    tables = report_tables(some_counts(), PROGRAM, NEW)
    write_parquet(tables, tmp_path / "counts.parquet")

    rows = pq.read_table(tmp_path / "counts.parquet").to_pylist()

    assert [row["shown"] for row in rows] == [shown_text(row[2]) for table in tables for row in table.rows]
    assert {row["decisions"] is None for row in rows if row["shown"] in {"<10", "10+"}} == {True}
    assert {"table": "levels", "first": "acute", "second": "serious", "decisions": 47, "shown": "47"} in rows


def tables_of(counts: Counts) -> Iterator[str]:
    """Return the names of all tables."""
    return (table.name for table in report_tables(counts, PROGRAM, NEW))
