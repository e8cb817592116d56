"""A second release beside the small one, which differs from it in a few words."""

from collections.abc import Mapping
from pathlib import Path

STRANGULATION = "when: strangulation\n    level: urgent\n    withhold: [mediation]\n"
"""What the small release says of strangulation."""


def add_release(rulesets: Path, changes: Mapping[str, tuple[str, str]]) -> None:
    """Add release `two`: like `one`, with words exchanged in new versions of its files."""
    release = (rulesets / "releases" / "one.yaml").read_text(encoding="utf-8").replace("release: one", "release: two")
    release = release.replace("in_force_from: 2026-01-01", "in_force_from: 2026-07-01")
    for name, (old, new) in changes.items():
        text = (rulesets / name / "1.0.0.yaml").read_text(encoding="utf-8")
        assert old in text
        text = (
            text.replace(old, new).replace(f"{name}: 1.0.0", f"{name}: 2.0.0").replace("version: 1.0", "version: 2.0")
        )
        (rulesets / name / "2.0.0.yaml").write_text(text, encoding="utf-8")
        release = release.replace(f"{name}: 1.0.0", f"{name}: 2.0.0")
    (rulesets / "releases" / "two.yaml").write_text(release, encoding="utf-8")
