"""Assessing the cases of files: which release for which case, and how an answer reads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final, Self

from taxatie.cli.case_files import CaseText
from taxatie.cli.output import note_mistake, show_texts
from taxatie.engine.deadlines import in_amsterdam
from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import CaseFault, CaseFaults, NotAssessedError, TaxatieError
from taxatie.explain.assessor import Assessed, Assessor, Detail
from taxatie.explain.wording import Speaker
from taxatie.registry.folder import ReleaseFolder
from taxatie.service.engines import build_engine
from taxatie.terms.audience import Audience
from taxatie.terms.explanation import Explanation
from taxatie.terms.text import Language
from taxatie.terms.wording import Wording
from taxatie.wire.assessment_json import Json, assessment_to_plain
from taxatie.wire.case_reader import read_case, read_reference_time

_HEADINGS: Final = {
    Language.NL: ("Waarom", "Doe dit", "Adviseer niet", "Nog te vragen", "Hoger wordt het als", "Let op"),
    Language.EN: ("Why", "Do this", "Do not advise", "Still to ask", "It becomes higher if", "Mind"),
}
_DAYS_KEPT: Final = 10_000
_CASES_KEPT: Final = 256
_NOTHING_EXPLAINED: Final = Explanation((), (), ())


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller asked for; without a release, the one in force at each case's reference time."""

    release: str | None
    engine: EngineName
    detail: str
    language: Language
    audience: Audience


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case of a file: its answer, or why there is none."""

    place: str
    plain: Json
    assessor: Assessor | None = None
    assessed: Assessed | None = None
    error: NotAssessedError | None = None


@dataclass(slots=True)
class Assessing:
    """Assesses the cases of files under the releases of a folder."""

    folder: Path
    wishes: Wishes
    releases: ReleaseFolder = field(init=False)
    _assessors: dict[str, Assessor | NotAssessedError] = field(default_factory=dict)
    _in_force: dict[date, str] = field(default_factory=dict)
    _said_before: dict[str, Assessed] = field(default_factory=dict)

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
            if isinstance(assessor, Assessor):
                close = getattr(assessor.engine, "close", None)
                if close is not None:
                    close()

    def assess(self, text: CaseText) -> Outcome:
        """Return what becomes of a case; one that fails never stops those after it."""
        if text.faults is not None:
            return _not_assessed(text, text.faults)
        try:
            assessor = self._assessor(self.wishes.release or self._release_for(text.plain))
            assessed = self._assessed(assessor, text.plain)
        except NotAssessedError as error:
            return _not_assessed(text, error)
        except TaxatieError:
            raise
        except Exception as error:  # noqa: BLE001  # our mistake in one case must not leave the others without answer
            note_mistake()
            return _not_assessed(text, NotAssessedError(f"the engine failed: {type(error).__name__}"))
        plain = assessment_to_plain(assessor.program, assessed.assessment, assessed.explanation)
        return Outcome(text.place, plain, assessor, assessed)

    def _assessed(self, assessor: Assessor, plain: object) -> Assessed:
        """Return what the release says of a case; of one just like it but for its reference, what was said before.

        The outcome depends on nothing else, and explaining it takes a hundred times as long as looking it up.
        """
        case = read_case(assessor.program, plain)
        assert isinstance(plain, Mapping), plain
        content = f"{assessor.program.release} {json.dumps({**plain, 'case': None})}"
        found = self._said_before.get(content)
        if found is None:
            found = assessor.assess(case, detail=Detail(self.wishes.detail), audience=self.wishes.audience)
            if len(self._said_before) >= _CASES_KEPT:
                del self._said_before[next(iter(self._said_before))]
            self._said_before[content] = found
        return replace(found, assessment=replace(found.assessment, case=case.id))

    def _release_for(self, plain: object) -> str:
        """Return the release in force at the case's reference time; a date is looked up once."""
        if not isinstance(plain, Mapping):
            raise CaseFaults("?", (CaseFault("case", "a case is a map of keys", "begin with `case: …`"),))
        moment = read_reference_time(plain)
        day = in_amsterdam(moment).date()
        if day not in self._in_force:
            if len(self._in_force) >= _DAYS_KEPT:
                self._in_force.clear()
            self._in_force[day] = self.releases.in_force(moment)
        return self._in_force[day]

    def _assessor(self, release: str) -> Assessor:
        """Return the release, ready to assess; one that cannot be loaded is tried once."""
        found = self._assessors.get(release)
        if found is None:
            found = self._assessors[release] = self._load(release)
        if isinstance(found, NotAssessedError):
            # Raised anew for each case, so it must not gather the places of all of them.
            raise found.with_traceback(None)
        return found

    def _load(self, release: str) -> Assessor | NotAssessedError:
        try:
            program = self.releases.load(release)
        except NotAssessedError as error:
            if self.wishes.release is None:
                show_texts(error)
            return error
        return Assessor(program, build_engine(self.wishes.engine, program))

    def describe(self, outcome: Outcome) -> str:
        """Return an answer as people read it."""
        assert outcome.assessor is not None, outcome.place
        assert outcome.assessed is not None, outcome.place
        speaker = Speaker(outcome.assessor.program, self.wishes.language, self.wishes.audience)
        wording = speaker.word(outcome.assessed.assessment, outcome.assessed.explanation or _NOTHING_EXPLAINED)
        return describe(str(outcome.plain["case"]), wording, self.wishes.language)


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


def _not_assessed(text: CaseText, error: NotAssessedError) -> Outcome:
    """Return the outcome of a case without assessment: a line of its own, so that the order is kept."""
    name = text.plain.get("case") if isinstance(text.plain, Mapping) else None
    faults = error.faults if isinstance(error, CaseFaults) else (CaseFault("", error.message, error.hint),)
    plain: Json = {
        "case": name if isinstance(name, str) else None,
        "error": "not assessed: treat as urgent",
        "place": text.place,
        "faults": [{"path": each.path, "message": each.message, "hint": each.hint} for each in faults],
    }
    return Outcome(text.place, plain, error=error)
