"""Faults to plant in a copy of the live engine, one at a time: a piece of its text, and what stands there instead."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake that somebody could make."""

    name: str
    right: str
    wrong: str


FAULTS = (
    Fault(
        "an unlisted person is certain though others are listed",
        "if subject.id in listed or truth == 1:",
        "if truth == 1:",
    ),
    Fault(
        "everybody listed is overlooked",
        "if subject.id in self._case.everyone_listed:",
        "if subject.id in self._case.everyone_listed and truth == 0:",
    ),
    Fault(
        "a person who may not exist counts for certain in a group",
        "is_in_doubt = person.existence is Existence.IN_DOUBT",
        "is_in_doubt = False",
    ),
    Fault(
        "nobody is not everybody", "truths = [0 if some else 2 for some in is_some]", "truths = [0 for some in is_some]"
    ),
    Fault("an impossible person goes unsaid", "if not truth and subject.id in listed", "if truth == 3"),
    Fault(
        "unknown is taken for no",
        'return self._set(f"2 - {self.truth(part)}")',
        'return self._set(f"0 if {self.truth(part)} == 2 else 2")',
    ),
    Fault(
        "at least becomes more than",
        "2 if {holding} >= {count} else 1",
        "2 if {holding} > {count} else 1",
    ),
    Fault(
        "negative points count as positive ones",
        "lowest, highest = (certain, possible) if item.points > 0 else (possible, certain)",
        "lowest, highest = (certain, possible)",
    ),
    Fault("a bound is taken for the one beside it", 'f"{high} < {first}"', 'f"{high} <= {first}"'),
    Fault(
        "bounds that exclude each other leave something possible",
        "if first is not None and last is not None and first > last:",
        "if first is not None and last is not None and first > last + 1:",
    ),
    Fault(
        "a number that may not apply counts as settled",
        "2 if {known}[2] == 1 or {open_values} else 0",
        "2 if {open_values} else 0",
    ),
    Fault("a concept that fails counts as unknown", "2 if {name} == 1 else 0", "2 if {name} <= 1 else 0"),
    Fault("events still to come are counted", "if event.kind in kinds and day <= last:", "if event.kind in kinds:"),
    Fault("the first day of a window does not count", "if day >= self.start:", "if day > self.start:"),
    Fault(
        "the first day of the period before does not count",
        "elif day >= self.start_before:",
        "elif day > self.start_before:",
    ),
    Fault("events without a reporter are left out of a rise", "if n > n_before + m_before:", "if n > n_before:"),
    Fault("registers that were not searched show a rise", "if not is_searched:", "if not is_searched and not now[0]:"),
    Fault("events without a reporter are one reporter", "len(named) - (None in named)", "len(named)"),
    Fault(
        "every month ends on the 28th",
        "min(day.day, monthrange(year, month + 1)[1])",
        "min(day.day, 28)",
    ),
    Fault(
        "hearsay reassures",
        "if signal.danger is Danger.HIGHER:",
        "if signal.danger is Danger.LOWER:",
    ),
    Fault(
        "what was overheard is believed",
        "if answer.is_reliable:",
        'if answer.basis is None or answer.basis.value != "hearsay":',
    ),
    Fault("a question that does not apply stays open", "return known if applies else 0", "return known"),
    Fault(
        "what may not apply is taken to apply",
        "elif applies < 2:",
        "elif applies < 1:",
    ),
    Fault(
        "events of nobody in particular count for nobody",
        "if event.person is None or event.person == person",
        "if event.person == person",
    ),
    Fault(
        "whether a signal applies is asked of all at once",
        "ready = [signal for signal in waiting if not _signals_in(program, signal.applies_when) & names]",
        "ready = waiting",
    ),
    Fault("report and advice change places", "{Mode.REPORT: 1, Mode.ADVICE: 2}", "{Mode.REPORT: 2, Mode.ADVICE: 1}"),
)
