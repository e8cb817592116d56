"""The report of a what-if as one page that stands by itself: no network, no script, nothing beside it.

Milder decisions come first, because a milder level may mean that help comes too late. Every plot has its table. Numbers
below ten are not told for a region, a channel or a month.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from taxatie.replay.counts import Change, Counts
from taxatie.replay.groups import CHANNEL
from taxatie.replay.report_phrases import Phrases, phrases_in
from taxatie.replay.report_plots import Bars, Cells, diverging_plot, matrix_plot, paired_plot
from taxatie.replay.report_rows import (
    GROUPS,
    THINGS,
    GroupRow,
    Hidden,
    Scale,
    Shown,
    group_rows,
    level_totals,
    thing_rows,
)
from taxatie.replay.report_tables import shown_text
from taxatie.rules.program import Program
from taxatie.terms.names import ActionId, ConceptId
from taxatie.terms.text import Language

PLOTTED_MAX: Final = 12
"""Rows that a plot shows; more are unreadable on a telephone, and the table beside it has them all."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page: words, a plot, a table, ids to look into."""

    id: str
    title: str
    lines: Sequence[str]
    plot: str = ""
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    ids: Sequence[str] = ()
    ids_title: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What another release would have made of decisions, for people to read."""

    counts: Counts
    old: Program
    new: Program
    language: Language = Language.NL
    scale: Scale = field(init=False)
    words: Phrases = field(init=False)

    def __post_init__(self) -> None:
        """Lay out the scale of levels, and choose the words."""
        object.__setattr__(self, "scale", Scale.of(self.old, self.new))
        object.__setattr__(self, "words", phrases_in(self.language))

    def page(self) -> str:
        """Return the page."""
        environment = Environment(
            loader=PackageLoader("taxatie.replay", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        return environment.get_template("report.html.j2").render(
            language=self.language.value,
            title=self.said(self.words.title),
            lead=self.said(self.words.lead),
            words=self.words,
            sums=tuple(self.sums()),
            parts=tuple(self.parts()),
        )

    def said(self, text: str) -> str:
        """Return a text with the names of the releases in their places."""
        return text.format(old=self.old.release, new=self.new.release)

    def sums(self) -> Iterator[tuple[str, str, str]]:
        """Return the numbers at the top, each with its kind and what it says."""
        words, levels = self.words, self.counts.levels
        milder, graver = self.scale.milder(levels), self.scale.graver(levels)
        yield "", words.read, words.whole(self.counts.decisions)
        yield "", words.replayed, words.whole(self.counts.replayed)
        yield "milder", words.milder, words.whole(milder)
        yield "graver", words.graver, words.whole(graver)
        yield "", words.same, words.whole(self.counts.replayed - milder - graver)

    def parts(self) -> Iterator[Part]:
        """Return the sections, in order."""
        yield self.milder_first()
        yield self.matrix()
        yield self.each_level()
        yield from map(self.things, THINGS)
        yield from map(self.groups, GROUPS)
        yield self.not_counted()
        if self.counts.left_out:
            yield self.left_out()
        if self.counts.otherwise:
            yield self.otherwise()
        yield self.made()

    def milder_first(self) -> Part:
        """Return who becomes milder."""
        words, counts = self.words, self.counts
        changes = [(number, change) for change, number in counts.levels.items() if self.scale.way(change) < 0]
        if not changes:
            return Part("milder", words.look_first, [words.nobody_milder])
        rows = [
            (f"{self.title(change.before)} → {self.title(change.after)}", words.whole(number), self.share(number))
            for number, change in sorted(changes, key=lambda each: (-each[0], each[1]))
        ]
        ids_title = words.named.format(shown=words.whole(len(counts.milder)), all=words.whole(counts.milder_in_all))
        return Part(
            "milder",
            words.look_first,
            [words.look_first_why],
            heads=(f"{words.before} → {words.after.lower()}", words.decisions, words.share),
            rows=rows,
            ids=[
                f"{each.id} ({self.title(each.change.before)} → {self.title(each.change.after)})"
                for each in counts.milder
            ],
            ids_title=ids_title,
        )

    def matrix(self) -> Part:
        """Return the levels before against those after."""
        words, scale = self.words, self.scale
        numbers = [[self.counts.levels.get(Change(b, a), 0) for a in scale.after] for b in scale.before]
        texts = [[words.whole(number) for number in row] for row in numbers]
        ways = [[scale.way(Change(b, a)) for a in scale.after] for b in scale.before]
        before, after = [self.title(each) for each in scale.before], [self.title(each) for each in scale.after]
        cells = Cells(before, after, numbers, texts, ways, (words.before, words.after))
        rows = [(name, *row) for name, row in zip(before, texts, strict=True)]
        return Part(
            "levels",
            words.levels,
            [self.said(words.levels_why)],
            matrix_plot("levels", cells, words.levels),
            (f"{words.before} ↓  {words.after} →", *after),
            rows,
        )

    def each_level(self) -> Part:
        """Return how often each level occurs, before and after."""
        words, levels = self.words, self.counts.levels
        names = tuple(dict.fromkeys((*self.scale.before, *self.scale.after)))
        before, after = (level_totals(names, levels, side) for side in ("before", "after"))
        titles = [self.title(name) for name in names]
        texts = [self.share(number) for number in before], [self.share(number) for number in after]
        bars = Bars(titles, before, after, (self.old.release, self.new.release), texts)
        rows = [
            (title, words.whole(b), texts[0][place], words.whole(a), texts[1][place])
            for place, (title, b, a) in enumerate(zip(titles, before, after, strict=True))
        ]
        return Part(
            "each-level",
            words.each_level,
            [self.said(words.each_level_why)],
            paired_plot("each-level", bars, words.each_level),
            ("", self.old.release, words.share, self.new.release, words.share),
            rows,
        )

    def things(self, kind: str) -> Part:
        """Return the actions, withholdings or findings that are gained and lost."""
        words = self.words
        found = thing_rows(getattr(self.counts, kind))
        lines = [words.things_why[kind]]
        if not found:
            return Part(kind, words.things[kind], [*lines, words.nothing_changes])
        titles = [self.name_of(row.id) for row in found]
        texts = [words.whole(row.lost) for row in found], [words.whole(row.gained) for row in found]
        most = slice(PLOTTED_MAX)
        bars = Bars(
            titles[most],
            [row.lost for row in found[most]],
            [row.gained for row in found[most]],
            (words.lost, words.gained),
            (texts[0][most], texts[1][most]),
        )
        rows = list(zip(titles, *texts, strict=True))
        plot = diverging_plot(kind, bars, words.things[kind])
        return Part(kind, words.things[kind], lines, plot, (words.thing, words.lost, words.gained), rows)

    def groups(self, kind: str) -> Part:
        """Return how many decisions of each region, channel or month change."""
        words = self.words
        found = group_rows(self.scale, getattr(self.counts, f"by_{kind}"))
        lines = [words.groups_why, words.small]
        if not found:
            return Part(kind, words.groups[kind], [words.groups_why, words.nothing_changes])
        names = [self.group_name(kind, row.name) for row in found]
        milder = [_share_of(row.milder, row) for row in found]
        graver = [_share_of(row.graver, row) for row in found]
        texts = [self.share_text(row.milder, row) for row in found], [self.share_text(row.graver, row) for row in found]
        bars = Bars(names, milder, graver, (words.milder, words.graver), texts)
        rows = [
            (name, self.number(row.decisions), self.number(row.milder), self.number(row.graver))
            for name, row in zip(names, found, strict=True)
        ]
        heads = (words.group[kind], words.decisions, words.milder, words.graver)
        return Part(kind, words.groups[kind], lines, diverging_plot(kind, bars, words.groups[kind]), heads, rows)

    def not_counted(self) -> Part:
        """Return what could not be replayed, and why."""
        words = self.words
        rows = [(words.reasons.get(why, why), words.whole(n)) for why, n in sorted(self.counts.unreplayed.items())]
        lines = [] if rows else [words.all_counted]
        return Part("not-counted", words.not_counted, lines, heads=(words.why, words.decisions), rows=rows)

    def left_out(self) -> Part:
        """Return what the new release cannot read."""
        words = self.words
        rows = [(name, words.whole(number)) for name, number in sorted(self.counts.left_out.items())]
        heads = (words.thing, words.decisions)
        return Part("left-out", self.said(words.left_out), [self.said(words.left_out_why)], heads=heads, rows=rows)

    def otherwise(self) -> Part:
        """Return the decisions that do not come out as recorded."""
        words = self.words
        rows = [
            (each.id, self.title(each.change.before), self.title(each.change.after)) for each in self.counts.otherwise
        ]
        heads = (words.decision, words.before, words.after)
        return Part("otherwise", words.otherwise, [words.otherwise_why], heads=heads, rows=rows)

    def made(self) -> Part:
        """Return how the figures came about."""
        words = self.words
        rows = [
            (program.release + (f" ({words.draft})" if program.is_draft else ""), program.digest)
            for program in (self.old, self.new)
        ]
        return Part("made", words.made, [self.said(words.made_how)], heads=(words.release, words.digest), rows=rows)

    def title(self, level: str) -> str:
        """Return the title of a level."""
        steps = (*self.new.levels, *self.old.levels)
        return next((step.title.in_language(self.language) for step in steps if step.id == level), level)

    def name_of(self, thing: str) -> str:
        """Return the title of an action or a finding."""
        for program in (self.new, self.old):
            found = program.actions.get(ActionId(thing)) or program.concepts.get(ConceptId(thing))
            if found is not None:
                return found.title.in_language(self.language)
        return thing

    def group_name(self, kind: str, name: str) -> str:
        """Return the name of a region or month, or the title of a channel."""
        signal = self.old.signals.get(CHANNEL) if kind == "channel" else None
        options = () if signal is None else signal.options
        titles = {option.id: option.title.in_language(self.language) for option in options}
        return titles.get(name, name) or self.words.no_group

    def share(self, number: int) -> str:
        """Return a number as a share of all replayed decisions."""
        return self.words.percent(number, self.counts.replayed)

    def number(self, shown: Shown) -> str:
        """Return a number of a group, as far as it may be told."""
        return shown_text(shown) if isinstance(shown, Hidden) else self.words.whole(shown)

    def share_text(self, part: Shown, row: GroupRow) -> str:
        """Return what stands at the end of a group's bar."""
        if isinstance(part, Hidden) or isinstance(row.decisions, Hidden):
            return self.number(part)
        return self.words.percent(part, row.decisions)


def _share_of(part: Shown, row: GroupRow) -> float | None:
    """Return the length of a group's bar; none where it would tell a hidden number."""
    if isinstance(part, Hidden) or isinstance(row.decisions, Hidden) or row.decisions == 0:
        return None
    return part / row.decisions


def write_report(counts: Counts, old: Program, new: Program, language: Language = Language.NL) -> str:
    """Return the report of a what-if as a page."""
    return Report(counts, old, new, language).page()
