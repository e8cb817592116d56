"""Whether a scenario could point to a person: names, places, dates, numbers, and ages that are too exact.

A scenario is made up, or so changed that nobody knows themselves in it. A search for words and forms proves no
such thing; it finds what slips in when somebody writes down a case that they have on their desk. What it finds is
told by its place and never repeated: a report travels further than the file.

Ages stand for bands: 0 (under 2), 2 (to 3), 5 (4 to 6), 8 (7 to 9), 11 (10 to 12), 14 (13 to 15), 17 (16 and 17),
and for adults full tens. An age between is only remarked, as the boundary of a rule may need it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from taxatie.errors.problem import CaseFault, CaseFaults
from taxatie.rules.comments import find_comments
from taxatie.rules.given_names import GIVEN_NAMES
from taxatie.rules.nodes import Mapping, Node, Scalar, Sequence
from taxatie.rules.texts import mappings_in, text_of
from taxatie.scenarios.places import PLACES
from taxatie.scenarios.scenario import ParsedScenario, ScenarioText, parse_scenario

REPRESENTATIVE_AGES: Final = (0, 2, 5, 8, 11, 14, 17, *range(20, 101, 10))
"""One age for each band, so that none in a scenario is anybody's."""

_MONTHS: Final = (
    "jan(?:uari|uary)?|feb(?:ruari|ruary)?|maart|march|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|aug(?:ustus|ust)?"
    "|sep(?:tember)?|o[ck]t(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_FORMS: Final = (
    ("an e-mail address", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("a telephone number", re.compile(r"(?<![\w.+-])(?:\+31|0031|0)[\s-]?[1-9](?:[\s-]?\d){7,8}(?!\d)")),
    # Two capitals after a year are rather an abbreviation: `2024 VT`.
    ("a postcode", re.compile(r"(?<![\w-])[1-9]\d{3} ?(?!VT|EU|EN|NL|OM|IC|UN|SA|SD|SS)[A-Z]{2}(?![\w-])")),
    ("an address", re.compile(r"(?<!\w)[A-Z][\w'-]*(?:straat|laan|weg|plein|kade|gracht|dijk|singel) \d+")),
    ("a citizen service number", re.compile(r"(?<![\w.-])\d{9}(?![\w.-])")),
    ("a bank account", re.compile(r"(?<!\w)[A-Z]{2}\d{2} ?[A-Z]{4}(?: ?\d){10}(?!\d)")),
    (
        "an exact date",
        re.compile(
            r"(?<!\d)(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
            rf"|\d{{1,2}}\.? (?:{_MONTHS})(?!\w)|(?:{_MONTHS}) \d{{1,2}}(?!\d))",
            re.IGNORECASE,
        ),
    ),
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_CAPITALISED: Final = re.compile(r"(?<!\w)[A-ZÀ-Þ][^\W\d_]+(?:[ -][A-ZÀ-Þ][^\W\d_]+)*")
_HINT: Final = "make it up, or leave it out: a scenario must point to nobody"
_AGE_WORDS: Final = frozenset(["age", "leeftijd"])


@dataclass(frozen=True, slots=True)
class Written:
    """Something that the author of a scenario wrote, and where."""

    line: int
    column: int
    words: str
    is_name: bool
    """Whether small letters may hide a given name, as in the name of a case."""

    def place(self, path: str) -> str:
        """Return the place as a fault names it."""
        return f"{path}:{self.line}:{self.column}"


def refuse_identifying(text: ScenarioText) -> None:
    """Do nothing for a scenario that points to nobody as far as one can see.

    Raises:
        CaseFaults: With every place that may point to somebody.
    """
    faults = tuple(find_identifying(text))
    if faults:
        raise CaseFaults(text.path, faults)


def find_identifying(text: ScenarioText) -> Iterator[CaseFault]:
    """Return every place that may point to a person; none in a text that cannot be read."""
    parsed = parse_scenario(text)
    if isinstance(parsed, ParsedScenario):
        for written in (Written(1, 1, text.path.removesuffix(".yaml"), is_name=True), *_written_in(parsed)):
            yield from (
                CaseFault(written.place(text.path), f"{what} stands here", _HINT) for what in _found_in(written)
            )
        yield from _named_persons(text.path, parsed.root)


def find_exact_ages(text: ScenarioText) -> Iterator[CaseFault]:
    """Return every age that stands for no band."""
    parsed = parse_scenario(text)
    bands = ", ".join(map(str, REPRESENTATIVE_AGES[:7]))
    for key, age in _numbers_below(parsed.root) if isinstance(parsed, ParsedScenario) else ():
        if _AGE_WORDS.intersection(key.split("_")) and age.value not in REPRESENTATIVE_AGES:
            place = f"{text.path}:{age.span.line}:{age.span.column}"
            yield CaseFault(place, "an age that stands for no band", f"take one of {bands}, unless a rule asks for it")


def _written_in(parsed: ParsedScenario) -> Iterator[Written]:
    for comment in find_comments(parsed.source, parsed.root):
        yield Written(comment.line, comment.column, comment.text, is_name=False)
    yield from _values_below(parsed.root, dated=frozenset({"reference_time", "date"}))


def _values_below(node: Node, dated: frozenset[str]) -> Iterator[Written]:
    """Return the texts below a node, but for the dates that a case needs."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _values_below(item, dated)
    elif isinstance(node, Mapping):
        for key, value in node:
            if key not in dated:
                yield from _values_below(value, dated)
    elif isinstance(node.value, str | int):
        yield Written(node.span.line, node.span.column, node.text, is_name=True)


def _found_in(written: Written) -> Iterator[str]:
    """Return what kinds of thing that point to a person stand there."""
    yield from (what for what, form in _FORMS if form.search(written.words))
    if written.is_name:
        names = {word.lower() for word in _WORD.findall(written.words)}
        places = names
    else:
        capitalised = _CAPITALISED.findall(written.words)
        names = {word.lower() for run in capitalised for word in _WORD.findall(run)}
        places = names | {run.lower() for run in capitalised}
    if names & GIVEN_NAMES:
        yield "a given name"
    if places & PLACES or (written.is_name and _names_place(written.words)):
        yield "the name of a place"


def _names_place(words: str) -> bool:
    """Return whether a name in small letters holds a place of two words, as in `fight-in-den-haag`."""
    spaced = f" {' '.join(_WORD.findall(words)).lower()} "
    return any(f" {place} " in spaced for place in PLACES if " " in place)


def _named_persons(path: str, root: Node) -> Iterator[CaseFault]:
    """Return the persons whose id says more than their subject and a number."""
    for _, person in mappings_in(root, "persons"):
        subject, name = text_of(person, "subject"), person.get("id")
        if subject is not None and isinstance(name, Scalar) and not re.fullmatch(rf"{subject}-\d+", name.text):
            place = f"{path}:{name.span.line}:{name.span.column}"
            yield CaseFault(place, "a person's id that says more than a number", f"call the person `{subject}-1`")


def _numbers_below(node: Node, key: str = "") -> Iterator[tuple[str, Scalar]]:
    """Return the numbers below a node, each with the key of the answer that it is."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _numbers_below(item, key)
    elif isinstance(node, Mapping):
        for name, value in node:
            yield from _numbers_below(value, key if name == "value" else name)
    elif isinstance(node.value, int) and not isinstance(node.value, bool):
        yield key, node
