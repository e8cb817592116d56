"""An assessment and its explanation, said in sentences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """An assessment and its explanation in sentences."""

    level: str
    ceiling: str
    reasons: tuple[str, ...]
    open_questions: tuple[str, ...]
    near_misses: tuple[str, ...]
    actions: tuple[str, ...]
    withheld: tuple[str, ...]
    contradictions: tuple[str, ...]
    valid_until: str
    notes: tuple[str, ...]
