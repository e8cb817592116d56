"""From a text to nodes: the one door to YAML.

Only the event stream of PyYAML is used. Its composers recurse (the one in C crashes the process on a
deep text) and read YAML 1.1, in which `no` is false; here a text is YAML 1.2, and every node keeps its place.
"""

import re
from collections.abc import Iterator
from typing import Final

import yaml

from taxatie.errors.codes import Code, severity_of
from taxatie.errors.diagnostics import Diagnostic, Diagnostics
from taxatie.limits import DEPTH_MAX, NODES_MAX, TEXT_BYTES_MAX
from taxatie.rules.nodes import Mapping, Node, Scalar, Sequence
from taxatie.source import START, SourceText, Span

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONSTANTS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER_DIGITS_MAX: Final = 18


def decode_text(name: str, data: bytes, diagnostics: Diagnostics) -> SourceText | None:
    """Return the bytes as a text, or None where they are too many, or are not UTF-8 that people can read."""
    if len(data) > TEXT_BYTES_MAX:
        source = SourceText(name, "")
        message = f"the text has {len(data)} bytes; at most {TEXT_BYTES_MAX} are read"
        _report(diagnostics, source, START, Code.TOO_LARGE, message, "split it, or check that it is the right file")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8", "replace")
        source = SourceText(name, good)
        message = f"byte {error.start} is not UTF-8"
        _report(diagnostics, source, _end_of(good), Code.NOT_UTF8, message, "save the file as UTF-8")
        return None
    return SourceText(name, text)


def parse_text(source: SourceText, diagnostics: Diagnostics) -> Node | None:
    """Return the text's one document as nodes, or None where it cannot be read as such."""
    if _has_control_characters(source, diagnostics):
        return None
    return _Composer(source, diagnostics).document()


def _has_control_characters(source: SourceText, diagnostics: Diagnostics) -> bool:
    matches = list(_CONTROL.finditer(source.text))
    for match in matches[:20]:
        before = source.text[: match.start()]
        line, column = before.count("\n") + 1, match.start() - (before.rfind("\n") + 1) + 1
        _report(
            diagnostics,
            source,
            Span(line, column, line, column + 1),
            Code.CONTROL_CHARACTER,
            f"the character U+{ord(match.group()):04X} cannot be seen and may change how the text reads",
            "remove it",
        )
    return bool(matches)


def _end_of(text: str) -> Span:
    line = text.count("\n") + 1
    column = len(text) - (text.rfind("\n") + 1) + 1
    return Span(line, column, line, column + 1)


def _report(  # noqa: PLR0913, PLR0917  # a fault has these parts
    diagnostics: Diagnostics, source: SourceText, span: Span, code: Code, message: str, hint: str
) -> None:
    diagnostics.add(Diagnostic(source, span, code, severity_of(code), message, hint))


class _StoppedError(Exception):
    """The rest of the text cannot be read; what is wrong was reported."""


class _Composer:
    """Builds nodes from events; depth is bounded, so its recursion is too."""

    def __init__(self, source: SourceText, diagnostics: Diagnostics) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.events = self._bounded_events()

    def document(self) -> Node | None:
        """Return the root of the one document there is."""
        try:
            root = self._root()
        except _StoppedError:
            return None
        except yaml.YAMLError as error:
            self._report_syntax(error)
            return None
        return root

    def _root(self) -> Node:
        next(self.events)
        first = next(self.events)
        if not isinstance(first, yaml.DocumentStartEvent):
            self._stop(START, Code.NOT_ONE_DOCUMENT, "the text is empty", "write the document, or remove the file")
        root = self._node(next(self.events), 1)
        next(self.events)
        after = next(self.events)
        if isinstance(after, yaml.DocumentStartEvent):
            self._stop(
                _span(after), Code.NOT_ONE_DOCUMENT, "a second document starts here", "one file holds one document"
            )
        return root

    def _bounded_events(self) -> Iterator[yaml.Event]:
        depth = 0
        for number, event in enumerate(yaml.parse(self.source.text, Loader=_LOADER)):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEPTH_MAX:
                message = f"this is nested {depth} deep; at most {DEPTH_MAX} is read"
                self._stop(_span(event), Code.TOO_DEEP, message, "name a part of it as a concept")
            if number > NODES_MAX:
                message = f"the text holds more than {NODES_MAX} nodes"
                self._stop(_span(event), Code.TOO_LARGE, message, "split it, or check that it is the right file")
            yield event

    def _node(self, event: yaml.Event, depth: int) -> Node:
        span = _span(event)
        self._refuse_anchor_and_tag(event, span)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event, span)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(span, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(span, depth)
        return Scalar(None, "", span)

    def _refuse_anchor_and_tag(self, event: yaml.Event, span: Span) -> None:
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None:
            what = "an alias" if isinstance(event, yaml.AliasEvent) else "an anchor"
            message = f"`{anchor}` is {what}; a reader would have to look elsewhere to know what stands here"
            self._report(span, Code.ALIAS, message, "write the thing out, or name it as a concept")
        if tag is not None:
            self._report(span, Code.TAG, f"`{tag}` is a tag", "leave it out; types follow from the place")

    def _sequence(self, span: Span, depth: int) -> Sequence:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Sequence(tuple(items), _through(span, event))

    def _mapping(self, span: Span, depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            name = self._key(key)
            if name is None:
                continue
            if name.text in entries:
                first = entries[name.text][0].span
                message = f"the key `{name.text}` stands here twice"
                hint = f"it stands at line {first.line} as well; keep one of the two"
                self._report(name.span, Code.DUPLICATE_KEY, message, hint)
                continue
            entries[name.text] = (name, value)
        return Mapping(tuple(entries.values()), _through(span, event))

    def _key(self, node: Node) -> Scalar | None:
        """Return a key as text: bare words such as `true` or `12` are no keys of this language."""
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return node
        self._report(node.span, Code.KEY_NOT_TEXT, "this key is not a text", "keys are names; quote it if it is one")
        return None

    def _report_syntax(self, error: yaml.YAMLError) -> None:
        span = START
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        if mark is not None:
            span = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
        problem = getattr(error, "problem", None) or "this cannot be read"
        hint = "check indentation, brackets, quotes and the space after each colon"
        undefined = "undefined alias" in problem
        code = Code.ALIAS if undefined else Code.NOT_YAML
        self._report(span, code, f"not YAML: {problem}", hint)

    def _report(self, span: Span, code: Code, message: str, hint: str) -> None:
        _report(self.diagnostics, self.source, span, code, message, hint)

    def _stop(self, span: Span, code: Code, message: str, hint: str) -> None:
        self._report(span, code, message, hint)
        raise _StoppedError


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None, event
    assert end is not None, event
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _through(start: Span, event: yaml.Event) -> Span:
    end = _span(event)
    return Span(start.line, start.column, end.end_line, end.end_column)


def _scalar(event: yaml.ScalarEvent, span: Span) -> Scalar:
    is_plain = event.style is None or event.style == ""
    return Scalar(_value(event.value) if is_plain else event.value, event.value, span)


def _value(text: str) -> bool | int | float | str | None:
    """Return what a plain scalar means in YAML 1.2: `yes` and `no` are texts."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text) and len(text) <= _INTEGER_DIGITS_MAX:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(
            text.replace(".inf", "inf")
            .replace(".Inf", "inf")
            .replace(".INF", "inf")
            .replace(".nan", "nan")
            .replace(".NaN", "nan")
            .replace(".NAN", "nan")
        )
    return text
