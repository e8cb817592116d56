"""The same release and the same case in another order of keys, rules, persons and events."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tests.strategies.choices import Choices
from tests.strategies.plans import Plain, PlainRelease

_ORDERED: Final = frozenset({"levels", "options"})
"""Lists of which the order says something; of all others it only decides in which order things are listed."""


def permuted_release(choices: Choices, release: PlainRelease) -> PlainRelease:
    """Return the release with everything in another order that may stand in another order."""
    documents = {path: permuted_map(choices, document) for path, document in release.documents.items()}
    return replace(release, documents=documents)


def permuted_map(choices: Choices, plain: Mapping[str, object]) -> Plain:
    """Return the map with its keys, and all below it, in another order."""
    keys = choices.several(list(plain), len(plain), len(plain))
    return {key: _permuted(choices, plain[key], is_ordered=key in _ORDERED) for key in keys}


def _permuted(choices: Choices, plain: object, *, is_ordered: bool) -> object:
    if isinstance(plain, dict):
        return permuted_map(choices, plain)
    if isinstance(plain, list):
        items = plain if is_ordered else choices.several(plain, len(plain), len(plain))
        return [_permuted(choices, item, is_ordered=False) for item in items]
    return plain
