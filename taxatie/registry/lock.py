"""The lock beside published files: path and SHA-256 of each, so that an edit is seen."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

LOCK_NAME: Final = "rulesets.lock"

_LINE: Final = re.compile(r"([0-9a-f]{64})  (\S+)")


def read_lock(text: str) -> tuple[dict[str, str], tuple[int, ...]]:
    """Return the SHA-256 by path, and the numbers of the lines that say neither."""
    digests: dict[str, str] = {}
    broken = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match is not None:
            digests[match[2]] = match[1]
        elif line.strip():
            broken.append(number)
    return digests, tuple(broken)


def write_lock(digests: Mapping[str, str]) -> str:
    """Return the text of a lock: the form of `sha256sum`, sorted by path."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items()))


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of the bytes of a file, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
