"""Reads the YAML tables of tests as the language reads its files: a date is a text."""

from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Leaves dates as they are written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_table(path: Path) -> dict[str, Any]:
    """Return what a table says."""
    table: dict[str, Any] = yaml.load(path.read_text("utf-8"), _Loader)
    return table
