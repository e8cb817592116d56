"""Assessing the cases of files: which release for which case, and how an answer reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from taxatie.cli.case_files import CaseText
from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import CaseFault, CaseFaults, NotAssessedError, ReleaseFaults
from taxatie.explain.wording import Speaker, Wording
from taxatie.registry.folder import ReleaseFolder
from taxatie.service.assess import Assessed, Assessor, Detail
from taxatie.service.engines import build_engine
from taxatie.terms.audience import Audience
from taxatie.terms.explanation import Explanation
from taxatie.terms.text import Language
from taxatie.wire.assessment_json import Json, assessment_to_plain
from taxatie.wire.case_reader import read_case, read_reference_time

_HEADINGS = {
    Language.NL: ("Waarom", "Doe dit", "Adviseer niet", "Nog te vragen", "Hoger wordt het als", "Let op"),
    Language.EN: ("Why", "Do this", "Do not advise", "Still to ask", "It becomes higher if", "Mind"),
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller asked for; without a release, the one in force at each case's reference time."""

    release: str | None
    engine: str
    detail: str
    language: str
    audience: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case of a file: its answer, or why there is none."""

    place: str
    plain: Json
    assessor: Assessor | None = None
    assessed: Assessed | None = None
    faults: NotAssessedError | None = None


@dataclass(slots=True)
class Assessing:
    """Assesses the cases of files under the releases of a folder."""

    folder: Path
    wishes: Wishes
    releases: ReleaseFolder = field(init=False)
    _assessors: dict[str, Assessor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the folder; load the release at once where one was named."""
        self.releases = ReleaseFolder(self.folder)
        if self.wishes.release is not None:
            self._assessor(self.wishes.release)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let engines that run elsewhere go."""
        for assessor in self._assessors.values():
            close = getattr(assessor.engine, "close", None)
            if close is not None:
                close()

    def assess(self, text: CaseText) -> Outcome:
        """Return what becomes of a case."""
        if text.faults is not None:
            return _faulty(text, text.faults)
        try:
            assessor = self._assessor(self.wishes.release or self._in_force(text.plain))
            case = read_case(assessor.program, text.plain)
        except CaseFaults as faults:
            return _faulty(text, faults)
        assessed = assessor.assess(case, detail=Detail(self.wishes.detail), audience=Audience(self.wishes.audience))
        plain = assessment_to_plain(assessor.program, assessed.assessment, assessed.explanation)
        return Outcome(text.place, plain, assessor, assessed)

    def _in_force(self, plain: object) -> str:
        moment = read_reference_time(plain)
        try:
            return self.releases.in_force(moment)
        except ReleaseFaults:
            raise
        except NotAssessedError as error:
            raise CaseFaults("?", (CaseFault("reference_time", error.message, error.hint),)) from error

    def _assessor(self, release: str) -> Assessor:
        assessor = self._assessors.get(release)
        if assessor is None:
            program = self.releases.load(release)
            assessor = Assessor(program, build_engine(EngineName(self.wishes.engine), program))
            self._assessors[release] = assessor
        return assessor

    def describe(self, outcome: Outcome) -> str:
        """Return an answer as people read it."""
        assert outcome.assessor is not None, outcome.place
        assert outcome.assessed is not None, outcome.place
        language = Language(self.wishes.language)
        speaker = Speaker(outcome.assessor.program, language, Audience(self.wishes.audience))
        explanation = outcome.assessed.explanation or Explanation((), (), ())
        wording = speaker.word(outcome.assessed.assessment, explanation)
        return describe(str(outcome.plain["case"]), wording, language)


def describe(case: str, wording: Wording, language: Language) -> str:
    """Return the sentences of an answer under their headings."""
    why, do, withheld, ask, near, mind = _HEADINGS[language]
    lines = [f"{case}: {wording.level}", f"  {wording.ceiling} {wording.valid_until}"]
    sections = (
        (why, wording.reasons),
        (do, wording.actions),
        (withheld, wording.withheld),
        (ask, wording.open_questions),
        (near, wording.near_misses),
        (mind, (*wording.contradictions, *wording.notes)),
    )
    for heading, sentences in sections:
        if sentences:
            lines.append(f"  {heading}:")
            lines.extend(f"    - {sentence}" for sentence in sentences)
    return "\n".join(lines)


def _faulty(text: CaseText, faults: CaseFaults) -> Outcome:
    name = text.plain.get("case") if isinstance(text.plain, Mapping) else None
    plain: Json = {
        "case": name if isinstance(name, str) else None,
        "error": "not assessed: treat as urgent",
        "faults": [{"path": each.path, "message": each.message, "hint": each.hint} for each in faults.faults],
    }
    return Outcome(text.place, plain, faults=faults)
