"""The answers of a fully answered case as plain Python values: what each peer is given."""

from taxatie.rules.program import Program
from taxatie.terms.case import Answers, Case, Mode
from taxatie.terms.names import CASE, MODE, SignalId, SubjectId

Plain = dict[str, object]


def plain_facts(program: Program, case: Case) -> Plain:
    """Return a value for each signal of the case, and the like for each person in a list for each subject.

    What was not answered is None; every value is a number already.
    """
    facts = _values(_signals(program, CASE), case.answers)
    facts[f"s_{MODE}"] = list(Mode).index(case.mode)
    for subject in program.subjects:
        names = _signals(program, subject.id)
        facts[f"all_{subject.id}"] = [
            _values(names, person.answers) for person in case.persons if person.subject == subject.id
        ]
    return facts


def _signals(program: Program, subject: SubjectId) -> list[SignalId]:
    return [signal.id for signal in program.signals.values() if signal.subject == subject]


def _values(names: list[SignalId], answers: Answers) -> Plain:
    return {f"s_{name}": answers[name].value if name in answers else None for name in names}
