"""From nodes to a document: pydantic's findings, in our words and at their places."""

from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.declarations import did_you_mean
from taxatie.rules.document import (
    FILE_NAME,
    IDENTIFIER,
    RELEASE_NAME,
    RULE_ID,
    VERSION,
    CalendarDocument,
    RegionDocument,
    ReleaseDocument,
    RulesetDocument,
    VocabularyDocument,
)
from taxatie.rules.nodes import Mapping, Path, Scalar, node_at, plain
from taxatie.rules.texts import FileKind, ParsedText

AnyDocument = VocabularyDocument | RulesetDocument | ReleaseDocument | RegionDocument | CalendarDocument
D = TypeVar("D", bound=BaseModel)

DOCUMENTS: Final[dict[FileKind, type[AnyDocument]]] = {
    FileKind.VOCABULARY: VocabularyDocument,
    FileKind.RULESET: RulesetDocument,
    FileKind.RELEASE: ReleaseDocument,
    FileKind.REGION: RegionDocument,
    FileKind.CALENDAR: CalendarDocument,
}

_PATTERNS: Final = {
    IDENTIFIER: "small letters, digits and `_`, beginning with a letter",
    FILE_NAME: "small letters, digits and `-`, beginning with a letter",
    RELEASE_NAME: "small letters, digits, `.` and `-`",
    RULE_ID: "two to four capitals, `-`, and two or three digits, as in `AD-01`",
    VERSION: "three numbers with points, as in `1.0.0`",
}
_KINDS_OF_VALUE: Final = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "`true` or `false`",
    "list_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "dataclass_type": "a map",
}
_LANGUAGES: Final = {"nl": "Dutch", "en": "English"}


def read_document(text: ParsedText, document: type[D], diagnostics: Diagnostics) -> D | None:
    """Return the text as the document that it should be; report all faults of its shape."""
    try:
        return document.model_validate(plain(text.root))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _report(text, detail, document, diagnostics)
        return None


def _report(text: ParsedText, detail: ErrorDetails, document: type[BaseModel], diagnostics: Diagnostics) -> None:
    path = _path_in(text, detail)
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _report_unknown_key(text, path, document, diagnostics)
    if kind == "missing":
        return _report_missing_key(text, path, diagnostics)
    code, message, hint = _describe(text, path, detail)
    node = node_at(text.root, (*path, "type") if kind == "union_tag_invalid" else path)
    text.fault(diagnostics, node.span, code, message, hint)
    return None


def _path_in(text: ParsedText, detail: ErrorDetails) -> Path:
    """Return the path without the steps that only pydantic knows, such as a union's member."""
    path: Path = ()
    steps = list(detail["loc"])
    for index, step in enumerate(steps):
        is_last = index == len(steps) - 1
        node = node_at(text.root, path)
        is_there = isinstance(step, int) or (isinstance(node, Mapping) and node.get(step) is not None)
        if is_there or (is_last and detail["type"] in {"missing", "extra_forbidden"}):
            path = (*path, step)
    return path


def _report_unknown_key(text: ParsedText, path: Path, document: type[BaseModel], diagnostics: Diagnostics) -> None:
    key = str(path[-1])
    known = _keys_at(document, path[:-1], text)
    hint = did_you_mean(key, known) or f"the keys here are {', '.join(f'`{name}`' for name in known)}"
    text.fault(diagnostics, path, Code.UNKNOWN_KEY, f"`{key}` is no key here", hint)


def _keys_at(document: type[BaseModel], path: Path, text: ParsedText) -> list[str]:
    """Return the keys that a mapping at *path* may have."""
    schema = document.model_json_schema(ref_template="{model}")
    current: dict[str, object] = schema
    definitions = schema.get("$defs", {})
    for step in path:
        current = _resolved(current, definitions, step)
    node = node_at(text.root, path)
    return _properties(current, definitions, node)


def _step(schema: dict[str, object], step: int | str) -> object:
    if isinstance(step, int):
        return schema.get("items")
    properties = schema.get("properties")
    if isinstance(properties, dict) and step in properties:
        return properties[step]
    return schema.get("additionalProperties")


def _resolved(
    schema: dict[str, object], definitions: dict[str, dict[str, object]], step: int | str
) -> dict[str, object]:
    """Return the schema one step further; of several possibilities all, under `anyOf`."""
    found = [_step(each, step) for each in _alternatives(schema, definitions)]
    return {"anyOf": [each for each in found if isinstance(each, dict)]}


def _alternatives(schema: dict[str, object], definitions: dict[str, dict[str, object]]) -> list[dict[str, object]]:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _alternatives(definitions[reference], definitions) if reference in definitions else []
    parts = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(parts, list):
        return [each for part in parts for each in _alternatives(part, definitions)]
    return [schema]


def _properties(schema: dict[str, object], definitions: dict[str, dict[str, object]], node: object) -> list[str]:
    kind = node.get("type") if isinstance(node, Mapping) else None
    names: list[str] = []
    for each in _alternatives(schema, definitions):
        properties = each.get("properties")
        if not isinstance(properties, dict):
            continue
        constant = properties.get("type", {}).get("const")
        if isinstance(kind, Scalar) and constant not in {None, kind.value}:
            continue
        names += [name for name in properties if name not in names]
    return names


def _report_missing_key(text: ParsedText, path: Path, diagnostics: Diagnostics) -> None:
    key = str(path[-1])
    parent = node_at(text.root, path[:-1])
    span = parent.span
    if path[:-1] and isinstance(path[-2], str):
        owner = node_at(text.root, path[:-2])
        name = owner.key(path[-2]) if isinstance(owner, Mapping) else None
        span = name.span if name is not None else span
    elif isinstance(parent, Mapping) and parent.entries:
        span = parent.entries[0][0].span
    if key in _LANGUAGES:
        message = f"the {_LANGUAGES[key]} text is missing"
        text.fault(diagnostics, span, Code.MISSING_TRANSLATION, message, f"add `{key}: …`; both languages are needed")
        return
    text.fault(diagnostics, span, Code.MISSING_KEY, f"`{key}` is missing here", f"add `{key}: …`")


def _describe(  # one answer for each kind of fault
    text: ParsedText, path: Path, detail: ErrorDetails
) -> tuple[Code, str, str | None]:
    kind, context = detail["type"], detail.get("ctx") or {}
    node = node_at(text.root, path)
    shown = node.text if isinstance(node, Scalar) else "this"
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "this")
    if kind == "string_pattern_mismatch":
        return Code.MALFORMED_NAME, f"`{shown}` is not formed as it should be", f"use {_PATTERNS[context['pattern']]}"
    if kind == "term":
        return Code.MALFORMED_TERM, f"`{shown}` is no term", detail["msg"]
    if kind == "date":
        return Code.WRONG_TYPE, f"`{shown}` is no date", detail["msg"]
    if kind == "union_tag_not_found":
        return Code.MISSING_KEY, "`type` is missing here", "add `type: yes_no`, `type: number` or `type: choice`"
    if kind in {"union_tag_invalid", "literal_error"}:
        return _not_one_of(text, path, detail)
    if kind in _KINDS_OF_VALUE:
        is_text = kind == "string_type" and isinstance(node, Scalar)
        hint = "put it in quotes" if is_text else f"write {_KINDS_OF_VALUE[kind]}"
        return Code.WRONG_TYPE, f"`{key}` takes {_KINDS_OF_VALUE[kind]}, not `{shown}`", hint
    return Code.WRONG_TYPE, f"`{key}`: {detail['msg'][:1].lower()}{detail['msg'][1:]}", "mend the value"


def _not_one_of(text: ParsedText, path: Path, detail: ErrorDetails) -> tuple[Code, str, str | None]:
    context = detail.get("ctx") or {}
    if detail["type"] == "union_tag_invalid":
        node = node_at(text.root, (*path, "type"))
        expected, key = str(context.get("expected_tags", "")), "type"
    else:
        node = node_at(text.root, path)
        expected, key = str(context.get("expected", "")), str(path[-1] if path else "this")
    names = [part.strip(" '`") for part in expected.replace(" or ", ", ").split(",")]
    shown = node.text if isinstance(node, Scalar) else "this"
    hint = did_you_mean(shown, names) or f"write {', '.join(f'`{name}`' for name in names)}"
    if key == "type" and shown in {"text", "string", "free_text", "name"}:
        return Code.ASKS_FOR_NAME, f"`{shown}` would ask for words, in which names and stories hide", hint
    return Code.WRONG_TYPE, f"`{key}` cannot be `{shown}`", hint
