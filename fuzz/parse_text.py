"""Feed broken texts to all that reads texts; whatever is raised, or takes long, is a fault.

`make fuzz` runs it. Coverage steers the mutations, starting from the shipped rulesets (see `corpus`).
The texts that broke something lie in `fuzz/found/`; each belongs into a test once it is mended.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["taxatie"]):
    from taxatie.errors.diagnostics import Diagnostics
    from taxatie.rules.formatter import format_text
    from taxatie.rules.loading import load_release
    from taxatie.rules.parser import decode_text

FOLDER = Path(__file__).resolve().parent
RULESETS = FOLDER.parent / "rulesets"
SEED_BYTES_MAX = 4_000
"""Short seeds are mutated to more different texts a second; of a longer file its beginning is taken."""

RELEASE = b"""
release: fuzz
title: {nl: Proef, en: Trial}
in_force_from: 2026-01-01
vocabulary: 1.0.0
rulesets: {fuzz: 1.0.0}
approved_by: [policy-owner, second-reader]
"""
"""A release that is right, so that the text reaches what lies behind it."""


def read_text(data: bytes) -> None:
    """Read the bytes as a text to format, and as each file of a release."""
    diagnostics = Diagnostics()
    source = decode_text("fuzz.yaml", data, diagnostics)
    if source is not None:
        format_text(source, diagnostics)
    load_release("fuzz", lambda _path: data, is_draft=True)
    load_release("fuzz", {"releases/fuzz.yaml": RELEASE}.get, is_draft=True)
    load_release("fuzz", lambda path: RELEASE if path.startswith("releases/") else data, is_draft=True)


def corpus() -> Path:
    """Return the folder of texts to start from, with the beginnings of the shipped files among them."""
    folder = FOLDER / "corpus"
    folder.mkdir(exist_ok=True)
    for number, path in enumerate(sorted(RULESETS.rglob("*.yaml"))):
        (folder / f"shipped-{number}").write_bytes(path.read_bytes()[:SEED_BYTES_MAX])
    return folder


def main() -> None:
    """Run until the time that was asked for is over, or something breaks."""
    (FOLDER / "found").mkdir(exist_ok=True)
    options = [
        f"-artifact_prefix={FOLDER / 'found'}/",
        f"-dict={FOLDER / 'language.dict'}",
        "-timeout=10",
        "-max_len=8000",
    ]
    atheris.Setup([sys.argv[0], *options, *sys.argv[1:], str(corpus())], read_text)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
