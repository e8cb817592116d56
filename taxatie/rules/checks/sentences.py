"""The sentences for people in a node, with their places."""

from collections.abc import Iterable, Iterator

from taxatie.rules.nodes import Mapping, Scalar
from taxatie.source import Span


def sentences_of(node: Mapping, keys: Iterable[str]) -> Iterator[tuple[Span, str]]:
    """Return the texts under the keys, in each language."""
    for key in keys:
        text = node.get(key)
        if isinstance(text, Mapping):
            for _, sentence in text.entries:
                if isinstance(sentence, Scalar) and isinstance(sentence.value, str):
                    yield sentence.span, sentence.value
