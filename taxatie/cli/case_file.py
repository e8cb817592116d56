"""The file that an interview is saved in: written whole or not at all, and never over another by accident."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class CaseFile:
    """A file to save a case in; what it wrote itself it may write again."""

    path: Path
    may_overwrite: bool
    is_written: bool = False

    def write(self, text: str) -> None:
        """Write the text; the owner alone may read it, because a case tells of people.

        Raises:
            OSError: When it cannot be written, or something else stands there (`FileExistsError`).
        """
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if self.may_overwrite or self.is_written:
                part.replace(self.path)
            else:
                # A link, unlike a rename, fails where something stands already.
                self.path.hardlink_to(part)
        finally:
            part.unlink(missing_ok=True)
        self.is_written = True
