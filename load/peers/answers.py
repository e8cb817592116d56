"""The made-up answers in the forms that the peers read."""

import numpy as np

from load.answers import ANSWERED, Sheet
from load.peers.openfisca_rules import UNKNOWN, Household
from load.population import Batch
from taxatie.rules.program import Program
from taxatie.terms.names import MODE


def household(program: Program, batch: Batch) -> Household:
    """Return a batch as OpenFisca wants it."""
    subjects = [subject.id for subject in program.subjects]
    sizes = [len(batch.people[subject].owner) for subject in subjects]
    owner = np.concatenate([batch.people[subject].owner for subject in subjects])
    of_persons = {}
    for place, subject in enumerate(subjects):
        before, after = sum(sizes[:place]), sum(sizes[place + 1 :])
        for name, sheet in batch.people[subject].answers.items():
            of_persons[name] = np.pad(_values(sheet), (before, after), constant_values=UNKNOWN)
    answers = {name: _values(sheet) for name, sheet in batch.answers.items()}
    answers[MODE] = batch.is_advice.astype(np.int16)
    return Household(len(batch.numbers), answers, owner, np.repeat(np.arange(len(subjects)), sizes), of_persons)


def _values(sheet: Sheet) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    return np.where(sheet.said == ANSWERED, sheet.value, UNKNOWN).astype(np.int16)
