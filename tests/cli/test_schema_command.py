"""`taxatie schema`: what editors complete and check by."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, FormatChecker

from taxatie.cli.schema_command import schema_texts
from taxatie.errors.diagnostics import Diagnostics
from taxatie.registry.approvals import APPROVALS, KEYS_NAME
from taxatie.rules.nodes import plain
from taxatie.rules.parser import decode_text, parse_text
from tests.cli.conftest import DATA, Taxatie
from tests.strategies.random_release import random_case, random_release

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("vocabulary", "ruleset", "release", "region", "calendar", "case")
CONTENT = sorted(
    path
    for folder in ("rulesets", "validation", "tests/data")
    for path in (ROOT / folder).rglob("*.yaml")
    if path.name != KEYS_NAME
    and not path.is_relative_to(ROOT / "rulesets" / APPROVALS)
    # Published texts are never edited, and name their schema from where they stood.
    and not path.is_relative_to(ROOT / "tests" / "data" / "golden")
)


def faults_of(kind: str, document: object) -> list[str]:
    """Return what the schema finds wrong with a document."""
    return [f"{error.json_path}: {error.message}" for error in validator_of(kind).iter_errors(document)]


@cache
def validator_of(kind: str) -> Draft7Validator:
    """Return what checks documents of a kind."""
    schema = json.loads(schema_texts()[f"{kind}.schema.json"])
    return Draft7Validator(schema, format_checker=FormatChecker())


def read(path: Path) -> object:
    """Return what a file says."""
    diagnostics = Diagnostics()
    source = decode_text(path.name, path.read_bytes(), diagnostics)
    assert source is not None
    root = parse_text(source, diagnostics)
    assert root is not None
    return plain(root)


def test_there_is_a_schema_for_each_kind_of_file() -> None:
    assert sorted(schema_texts()) == sorted(f"{kind}.schema.json" for kind in KINDS)
    for text in schema_texts().values():
        Draft7Validator.check_schema(json.loads(text))


def test_the_kept_schemas_are_current() -> None:
    """After a change of the documents: `make schemas`."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "schemas").glob("*.json")}

    assert kept == schema_texts()


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_shipped_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    (named,) = (line for line in path.read_text(encoding="utf-8").splitlines() if "yaml-language-server" in line)

    schema = (path.parent / named.rpartition("=")[2]).resolve()
    assert schema.parent == ROOT / "schemas"
    assert faults_of(schema.name.removesuffix(".schema.json"), read(path)) == []


@pytest.mark.parametrize("seed", range(60))
def test_whatever_can_be_loaded_keeps_to_the_schemas(seed: int) -> None:
    """An editor that underlines what is right teaches people to ignore it."""
    release = random_release(seed)

    for path, document in release.documents.items():
        (kind,) = (kind for kind in KINDS if kind in document and isinstance(document[kind], str) and _is(kind, path))
        assert faults_of(kind, document) == []
    assert faults_of("case", random_case(release, seed, 0)) == []


def _is(kind: str, path: str) -> bool:
    folder = path.partition("/")[0].removesuffix("s")
    return folder == kind or (kind == "ruleset" and folder not in KINDS)


def without(document: dict[str, object], *keys: str) -> dict[str, object]:
    """Return the document without some keys."""
    return {key: value for key, value in document.items() if key not in keys}


def rule(**changes: object) -> dict[str, object]:
    """Return a ruleset with one rule, changed."""
    document = read(DATA / "small" / "kitchen-table" / "1.0.0.yaml")
    assert isinstance(document, dict)
    return {**document, "rules": [{**document["rules"][0], **changes}]}


CONDITIONS: dict[str, object] = {
    "an empty list": {"all": []},
    "a list": ["violence_now"],
    "a key beside an operator": {"all": ["violence_now"], "violence_now": "yes"},
    "half a form": {"at_least": 2},
    "an operator as a name": {"any": "violence_now", "all": "x"},
    "an unknown comparison": {"child_age": {"below": 4}},
    "an empty comparison": {"child_age": {}},
    "no answers": {"injury": []},
    "a window that is none": {"events": {"within": "a while"}},
    "a fault deep down": {"any": [{"none": [{"all": [{"events": {"kinds": "threat"}}]}]}]},
}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_faults_of_conditions_show_while_typing(condition: object) -> None:
    assert faults_of("ruleset", rule(when=condition)) != []


@pytest.mark.parametrize(
    "document",
    [
        rule(levle="urgent"),
        rule(id="KT1"),
        rule(because={"nl": "Alleen Nederlands."}),
        without(rule(), "review_by"),
        {**rule(), "review_by": "soon"},
    ],
)
def test_faults_of_rulesets_show_while_typing(document: object) -> None:
    assert faults_of("ruleset", document) != []


def faulty_cases() -> Iterator[dict[str, object]]:
    """Return cases that no release would read."""
    case = read(DATA / "cases" / "heard.yaml")
    assert isinstance(case, dict)
    yield without(case, "reference_time")
    yield {**case, "reference_time": "2026-03-02T21:15:00"}
    yield {**case, "mode": "rapport"}
    yield {**case, "persons": [{"id": "case", "subject": "adult"}]}
    yield {**case, "persons": [{"id": "unlisted-adult", "subject": "adult"}]}
    yield {**case, "answers": {"violence_now": {"basis": "told"}}}
    yield {**case, "answers": {"violence_now": {"value": "yes", "basis": "rumour"}}}
    yield {**case, "history": {"searched": "maybe"}}
    yield {**case, "expect": {"levels": "urgent"}}


@pytest.mark.parametrize("case", tuple(faulty_cases()))
def test_faults_of_cases_show_while_typing(case: object) -> None:
    assert faults_of("case", case) != []


def test_schemas_are_written_and_checked(taxatie: Taxatie, tmp_path: Path) -> None:
    folder = tmp_path / "schemas"

    missing = taxatie("schema", "--check", "--output", folder)
    written = taxatie("schema", "--output", folder)
    current = taxatie("schema", "--check", "--output", folder)
    (folder / "case.schema.json").write_text("{}", encoding="utf-8")
    stale = taxatie("schema", "--check", "--output", folder)

    assert [each.exit_code for each in (missing, written, current, stale)] == [1, 0, 0, 1]
    assert missing.stderr.count("is not current") == len(KINDS)
    assert written.stderr == f"6 schemas in `{folder}`, 6 written\n"
    assert stale.stderr == f"`{folder / 'case.schema.json'}` is not current; run `taxatie schema`\n"
