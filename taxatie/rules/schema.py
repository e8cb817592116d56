"""JSON Schemas of the files that people write, so that an editor completes and checks while they type.

They come from the documents that read the files. What no schema can say (names that must exist, circles,
meanings) `taxatie check` says.
"""

from typing import Final

from taxatie.rules.declarations import RESERVED
from taxatie.rules.document import CONDITION_MARK, IDENTIFIER
from taxatie.rules.document_reader import DOCUMENTS
from taxatie.rules.test_reader import COMPARISONS
from taxatie.rules.texts import FileKind

Schema = dict[str, object]

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""The dialect that editors understand best; its references may lead anywhere in the schema."""

_WINDOW: Final = r"^[1-9][0-9]* (days|weeks|months|years)$"
_NAME: Final[Schema] = {"type": "string", "pattern": IDENTIFIER}


def schema_of(kind: FileKind) -> Schema:
    """Return the JSON Schema of one kind of file."""
    found = _simplified(DOCUMENTS[kind].model_json_schema())
    assert isinstance(found, dict), kind
    definitions = found.pop("$defs", {})
    if kind in {FileKind.VOCABULARY, FileKind.RULESET}:
        definitions |= condition_definitions()
    return {"$schema": DIALECT, "title": f"taxatie: {kind}", **found, "definitions": definitions}


def _simplified(value: object) -> object:
    """Return a part of a schema without what only pydantic needs, and with conditions in their place."""
    if isinstance(value, list):
        return [_simplified(each) for each in value]
    if not isinstance(value, dict):
        return value.replace("#/$defs/", "#/definitions/") if isinstance(value, str) else value
    if value.items() >= CONDITION_MARK.items():
        return {"$ref": "#/definitions/condition"}
    kept = {key: _simplified(each) for key, each in value.items() if not _is_noise(key, each)}
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    return _without_null(kept)


def _is_noise(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or key == "discriminator" or (key == "default" and not value)


def _without_null(schema: Schema) -> Schema:
    """Return the schema with `X or nothing` as X: a key that says nothing is left out."""
    alternatives = schema.get("anyOf")
    if not isinstance(alternatives, list) or {"type": "null"} not in alternatives:
        return schema
    others = [each for each in alternatives if each != {"type": "null"}]
    rest = {key: each for key, each in schema.items() if key != "anyOf"}
    return {**others[0], **rest} if len(others) == 1 else {**rest, "anyOf": others}


def condition_definitions() -> dict[str, Schema]:
    """Return the schema of conditions, which contain conditions, and of what they consist of."""
    condition: Schema = {"$ref": "#/definitions/condition"}
    several: Schema = {"type": "array", "items": condition, "minItems": 1}
    forms: list[Schema] = [
        _form("All of these hold.", all=several),
        _form("At least one of these holds.", any=several),
        _form("None of these holds.", none=several),
        _form("At least so many of these hold.", at_least={"type": "integer"}, of=several),
        _form("It holds for at least one person of the subject.", some=_NAME, holds=condition),
        _form("It holds for every person of the subject.", every=_NAME, holds=condition),
        _form("A pattern over time.", events={"$ref": "#/definitions/events"}),
        _form("What is known of a signal, concept or score does not settle it.", unknown=_NAME),
    ]
    return {
        "condition": {
            "description": "A condition: it holds, fails, or cannot tell.",
            "anyOf": [_name(), *forms, _tests()],
        },
        "test": _test(),
        "events": _events(),
    }


def _name() -> Schema:
    description = "A yes_no signal that is answered yes, or a concept that holds."
    return {"description": description, **_NAME, "not": {"enum": sorted(RESERVED)}}


def _form(description: str, **parts: Schema) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": dict(parts),
        "required": list(parts),
        "additionalProperties": False,
    }


def _tests() -> Schema:
    return {
        "description": "Tests on signals, concepts or scores; all of them hold.",
        "type": "object",
        "propertyNames": {"not": {"enum": sorted(RESERVED - {"mode"})}, "pattern": IDENTIFIER},
        "additionalProperties": {"$ref": "#/definitions/test"},
        "minProperties": 1,
    }


def _test() -> Schema:
    bound = {"type": ["integer", "string"]}
    option = {"type": "string"}
    return {
        "description": "An answer, one of several answers, or a comparison.",
        "anyOf": [
            {"type": "boolean"},
            option,
            {"type": "array", "items": option, "minItems": 1},
            {
                "type": "object",
                "properties": dict.fromkeys(COMPARISONS, bound),
                "additionalProperties": False,
                "minProperties": 1,
            },
        ],
    }


def _events() -> Schema:
    return {
        "description": "Events of these kinds within this time before the reference date; without `kind`, of any kind.",
        "type": "object",
        "properties": {
            "kind": {"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]},
            "within": {"type": "string", "pattern": _WINDOW},
            "at_least": {"type": "integer"},
            "distinct": {"const": "reporter"},
            "rising": {"enum": [True, False, "yes", "no"]},
        },
        "additionalProperties": False,
    }
