"""A parsed text: scalars, sequences and mappings that know their place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from taxatie.source import Span

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
"""The value of a node without its places, as JSON would hold it."""

PathStep = int | str
Path = tuple[PathStep, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value; *text* is what was written."""

    value: bool | int | float | str | None
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys, each once and each text, with their nodes."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    span: Span

    def get(self, key: str) -> "Node | None":
        """Return the node under *key*."""
        return next((node for name, node in self.entries if name.value == key), None)

    def key(self, key: str) -> Scalar | None:
        """Return the key itself, with its place."""
        return next((name for name, _ in self.entries if name.value == key), None)

    def __iter__(self) -> Iterator[tuple[str, "Node"]]:
        """Return keys and nodes in the order of the text."""
        return ((str(name.value), node) for name, node in self.entries)


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> Plain:
    """Return the node's value without its places."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key: plain(value) for key, value in node}


def node_at(root: Node, path: Path) -> Node:
    """Return the node at *path*, or the deepest one on the way that exists."""
    node = root
    for step in path:
        child = _child(node, step)
        if child is None:
            break
        node = child
    return node


def span_at(root: Node, path: Path) -> Span:
    """Return the place to show for *path*: of a key where the path ends in one that exists."""
    parent = node_at(root, path[:-1]) if path else root
    if path and isinstance(parent, Mapping) and isinstance(path[-1], str):
        key = parent.key(path[-1])
        if key is not None:
            return key.span
    return node_at(root, path).span


def _child(node: Node, step: PathStep) -> Node | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None
