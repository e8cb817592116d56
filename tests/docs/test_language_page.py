"""The page on the language is run: its files load, its conditions read, its case comes out as it says."""

import re
from pathlib import Path

from taxatie.engine.reference import ReferenceEngine
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.condition_reader import ConditionReader
from taxatie.rules.loading import LoadedRelease, load_release
from taxatie.rules.nodes import Sequence
from taxatie.rules.parser import parse_text
from taxatie.scenarios.runner import run_scenarios
from taxatie.scenarios.scenario import ScenarioText
from taxatie.source import SourceText

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
BLOCK = re.compile(r"^```yaml (?P<kind>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """Return the page's examples by what their first line says they are."""
    return {match["kind"]: match["text"] for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


def example() -> LoadedRelease:
    """Return the release that the page writes."""
    files = {kind.removeprefix("path="): text.encode() for kind, text in blocks().items() if kind.startswith("path=")}
    return load_release("example", files.get, is_draft=True)


def test_the_release_on_the_page_loads_without_a_fault() -> None:
    """A page that teaches mistakes would be worse than none."""
    loaded = example()

    assert [str(each) for each in loaded.diagnostics] == []
    assert loaded.program is not None


def test_every_condition_on_the_page_reads() -> None:
    """Each form of the table is the language's own."""
    loaded = example()
    assert loaded.checked is not None
    diagnostics = Diagnostics()
    root = parse_text(SourceText("conditions", blocks()["conditions"]), diagnostics)
    assert isinstance(root, Sequence)

    reader = ConditionReader(loaded.checked.texts.vocabulary, loaded.checked.declarations, diagnostics)
    conditions = [reader.read(item) for item in root.items]

    assert [str(each) for each in diagnostics] == []
    assert None not in conditions
    assert len(conditions) == 18


def test_the_case_on_the_page_comes_out_as_it_says() -> None:
    """The last example is a scenario like any other."""
    program = example().program
    assert program is not None
    text = ScenarioText("page", "case.yaml", blocks()["case"].encode())

    (result,) = run_scenarios(program, ReferenceEngine(program), [text])

    assert result.faults == ()
    assert result.deviations == ()
