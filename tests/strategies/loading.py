"""From plain documents to a program, by the very way that a folder is loaded."""

import json
from collections.abc import Mapping

from taxatie.rules.loading import LoadedRelease, load_release
from taxatie.rules.program import Program
from tests.strategies.plans import Plain, PlainRelease


def texts_of(documents: Mapping[str, Plain]) -> dict[str, bytes]:
    """Return the documents as texts; JSON is YAML."""
    return {path: json.dumps(document, indent=1).encode() for path, document in documents.items()}


def load_plain(release: PlainRelease) -> LoadedRelease:
    """Return the release as the loader reads it, with its conditions as they were written."""
    loaded = load_release(release.name, texts_of(release.documents).get, is_draft=True)
    faults = [f"{each.code}: {each.message}" for each in loaded.diagnostics.errors]
    assert not faults, faults
    return loaded


def program_of(release: PlainRelease) -> Program:
    """Return the program of a release that must load without an error."""
    program = load_plain(release).program
    assert program is not None
    return program
