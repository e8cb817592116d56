"""The catalogue of faults: for each code a title, its severity, and a page that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Final

from taxatie.errors.codes import Code, severity_of
from taxatie.errors.diagnostics import Severity


@dataclass(frozen=True)
class Entry:
    """One fault that an author can make."""

    code: Code

    @property
    def severity(self) -> Severity:
        """Whether it stops a release from loading."""
        return severity_of(self.code)

    @cached_property
    def page(self) -> str:
        """What it means, why it matters, a bad text and the good one, as Markdown."""
        return files("taxatie.errors").joinpath("pages", f"{self.code}.md").read_text(encoding="utf-8")

    @cached_property
    def title(self) -> str:
        """The fault in a few words: the page's heading."""
        heading = self.page.splitlines()[0]
        return heading.removeprefix(f"# {self.code} ").strip()


CATALOGUE: Final[Mapping[str, Entry]] = {code.value: Entry(code) for code in Code}
