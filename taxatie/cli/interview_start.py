"""How an interview begins: the case it starts from, and the release that it is held under."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from taxatie.cli.case_file import CaseFile
from taxatie.cli.case_files import read_case_files
from taxatie.cli.interviewing import Conversation
from taxatie.cli.output import stop
from taxatie.engine.evaluator import EngineName
from taxatie.explain.assessor import Assessor
from taxatie.registry.folder import ReleaseFolder
from taxatie.service.engines import build_engine
from taxatie.service.interview import begin
from taxatie.terms.text import Language
from taxatie.wire.case_reader import read_case, read_reference_time


@dataclass(frozen=True, slots=True)
class Start:
    """Where the rulesets are, and what was asked for."""

    rulesets: Path
    release: str | None
    language: Language

    def read(self, path: Path) -> Mapping[str, object]:
        """Return the plain form of the one case of a file."""
        texts = list(read_case_files([str(path)]))
        if len(texts) != 1:
            stop(f"`{path}` holds {len(texts)} cases", hint="resume a file with one case")
        if texts[0].faults is not None:
            raise texts[0].faults
        plain = texts[0].plain
        if not isinstance(plain, Mapping):
            stop(f"`{path}` holds no case", hint="a case is a map of keys: begin with `case: …`")
        if "expect" in plain:
            stop(f"`{path}` is a scenario: its expectations would be lost", hint="resume a case without `expect`")
        return plain


def start_conversation(start: Start, plain: Mapping[str, object], path: Path, *, is_forced: bool) -> Conversation:
    """Return the conversation that goes on from a case.

    Raises:
        NotAssessedError: When the case cannot be read, or no release can assess it.
    """
    folder = ReleaseFolder(start.rulesets)
    moment = read_reference_time(plain)
    program = folder.load(start.release or folder.in_force(moment))
    assessor = Assessor(program, build_engine(EngineName.LIVE, program))
    interview = begin(read_case(program, plain))
    return Conversation(assessor, start.language, interview, CaseFile(path, is_forced))
