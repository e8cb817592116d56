"""`taxatie schema`: write the JSON Schemas by which editors complete and check."""

import json
from pathlib import Path
from typing import Annotated

import typer

from taxatie.cli.output import FAULTS, examples, say

NAME = "schema"
EXAMPLES = examples("taxatie schema", "taxatie schema --output schemas", "taxatie schema --check")


def run(
    output: Annotated[Path, typer.Option(metavar="DIR", help="Where to write.")] = Path("schemas"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say which are not current.")] = False,  # noqa: FBT002
) -> None:
    """Write the JSON Schemas that editors check by.

    There is one for vocabulary, ruleset, release, region, calendar and case files. A file names its schema in
    its first line: `# yaml-language-server: $schema=../../schemas/ruleset.schema.json`.
    """
    texts = schema_texts()
    stale = [name for name, text in texts.items() if not _is_current(output / name, text)]
    if check:
        for name in stale:
            say(f"`{output / name}` is not current; run `taxatie schema`", is_aside=True)
        if stale:
            raise typer.Exit(FAULTS)
        return
    output.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (output / name).write_text(texts[name], encoding="utf-8")
    say(f"{len(texts)} schemas in `{output}`, {len(stale)} written", is_aside=True)


def schema_texts() -> dict[str, str]:
    """Return the text of each schema file, by its name."""
    from taxatie.rules.schema import schema_of  # heavy, so imported when needed
    from taxatie.rules.texts import FileKind
    from taxatie.wire.case_schema import case_schema

    schemas = {kind.value: schema_of(kind) for kind in FileKind} | {"case": case_schema()}
    return {
        f"{name}.schema.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in schemas.items()
    }


def _is_current(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text
