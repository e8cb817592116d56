"""The JSON Schema of case files, scenarios among them: the shape that every release shares."""

from typing import Final

from taxatie.rules.document import IDENTIFIER, RULE_ID
from taxatie.rules.schema import DIALECT, Schema
from taxatie.terms.assessment import Finding
from taxatie.terms.case import Basis, Mode

_NAME: Final[Schema] = {"type": "string", "pattern": IDENTIFIER}
_NAMES: Final[Schema] = {"type": "array", "items": _NAME, "uniqueItems": True}
_RULES: Final[Schema] = {"type": "array", "items": {"type": "string", "pattern": RULE_ID}, "uniqueItems": True}
_YES_NO: Final[Schema] = {"enum": ["yes", "no", True, False]}
_REFERENCE: Final[Schema] = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,199}$"}
_PERSON: Final[Schema] = {
    "type": "string",
    "pattern": "^[a-z0-9][a-z0-9.-]{0,79}$",
    "not": {"anyOf": [{"const": "case"}, {"pattern": "^unlisted-"}]},
}
_OFFSET: Final = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$"


def case_schema() -> Schema:
    """Return the JSON Schema of a case file."""
    properties: Schema = {
        "case": {"description": "A scenario's name or an opaque reference, never a name of a person.", **_REFERENCE},
        "reference_time": {
            "description": "The moment of which the case speaks, with its offset.",
            "type": "string",
            "pattern": _OFFSET,
        },
        "mode": {"enum": [mode.value for mode in Mode]},
        "region": {"type": "string", "description": "Sets terms to act within, and nothing else."},
        "everyone_listed": {"description": "Subjects of whom nobody else is concerned.", **_NAMES},
        "answers": {"$ref": "#/definitions/answers"},
        "persons": {"type": "array", "items": {"$ref": "#/definitions/person"}},
        "history": {"$ref": "#/definitions/history"},
        "expect": {"$ref": "#/definitions/expectation"},
    }
    return {
        "$schema": DIALECT,
        "title": "taxatie: case",
        **_map("A case, or a scenario when it says what is expected.", properties, "case", "reference_time"),
        "definitions": {
            "answers": _answers(),
            "person": _map(
                "A person whom the case concerns.",
                {"id": _PERSON, "subject": _NAME, "answers": {"$ref": "#/definitions/answers"}},
                "id",
                "subject",
            ),
            "history": _history(),
            "expectation": _expectation(),
        },
    }


def _map(description: str, properties: Schema, *required: str) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _answers() -> Schema:
    value = {"type": ["boolean", "integer", "string"]}
    with_basis = _map(
        "An answer with its basis; hearsay, or said while the partner could hear, may alarm but not reassure.",
        {"value": value, "basis": {"enum": [basis.value for basis in Basis]}, "partner_present": _YES_NO},
        "value",
    )
    return {
        "description": "Answers by signal: `yes`, `no`, a number, an option, or `unknown`.",
        "type": "object",
        "propertyNames": {"pattern": IDENTIFIER},
        "additionalProperties": {"anyOf": [value, with_basis]},
    }


def _history() -> Schema:
    event = _map(
        "Something that happened before.",
        {"kind": _NAME, "date": {"type": "string", "format": "date"}, "person": _PERSON, "reporter": _REFERENCE},
        "kind",
        "date",
    )
    properties: Schema = {
        "searched": {"description": "Whether the registers were looked up.", **_YES_NO},
        "events": {"type": "array", "items": event},
    }
    return _map("What happened before.", properties)


def _expectation() -> Schema:
    finding = {"enum": [each.value for each in Finding]}
    findings = {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "propertyNames": {"pattern": IDENTIFIER},
            "additionalProperties": finding,
        },
    }
    return _map(
        "What should come out; what is not named is not checked.",
        {
            "level": _NAME,
            "ceiling": _NAME,
            "fires": {"description": "Rules that fire for somebody.", **_RULES},
            "silent": {"description": "Rules that neither fire nor may fire for anybody.", **_RULES},
            "actions": {"description": "Actions that are recommended.", **_NAMES},
            "withheld": {"description": "Actions that may not be advised.", **_NAMES},
            "findings": {"description": "By person, or `case`.", **findings},
            "asks": {"description": "Signals that are still to ask.", **_NAMES},
        },
    )
