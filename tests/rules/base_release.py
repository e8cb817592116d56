"""The release of the language's page, to be spoiled one fault at a time."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
BLOCK = re.compile(r"^```yaml path=(?P<path>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def base_files() -> dict[str, str]:
    """Return the texts of a release without a fault, by path."""
    return {match["path"]: match["text"] for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}
