# ruff: noqa: E501  # a fault reads best on one line
"""Faults to plant in a copy of the engine over columns, one at a time."""

from tests.engine.planted_faults import Fault

COLUMN_FAULTS = (
    # What is known
    Fault(
        "hearsay reassures",
        "lowest = value if self.signal.danger is Danger.HIGHER else self.signal.lowest",
        "lowest = self.signal.lowest",
    ),
    Fault("unreliable answers count as plain", "side.append(plane if is_certain else", "side.append(plane if True else"),
    Fault(
        "a yes_no that does not apply is not a no",
        "(holding if 0 in values else failing).append(self._unanswered(self.applies.fails))",
        "failing.append(self._unanswered(self.applies.fails))",
    ),
    Fault(
        "a choice that does not apply stays open",
        "failing.append(self._unanswered(self.applies.fails if everything & values else ALWAYS))",
        "failing.append(self._unanswered(NEVER if everything & values else ALWAYS))",
    ),
    Fault(
        "a number that may not apply holds",
        "self._unanswered(self.applies.holds if reaches_low and reaches_high else NEVER)",
        "self._unanswered(ALWAYS if reaches_low and reaches_high else NEVER)",
    ),
    Fault(
        "an unreliable number never fails",
        "graph.both(self.stored.answered, graph.invert(NEVER if is_outside else to_high)) if not down else NEVER",
        "NEVER",
    ),
    Fault(
        "bounds that exclude each other are tried",
        "if low is not None and high is not None and low > high:\n            return Truths(NEVER, ALWAYS)\n        reaches",
        "if low is not None and high is not None and low > high + 1:\n            return Truths(NEVER, ALWAYS)\n        reaches",
    ),
    Fault(
        "what does not apply is unsettled",
        "unanswered = graph.invert(self.applies.fails) if is_open else self._in_doubt",
        "unanswered = ALWAYS if is_open else self._in_doubt",
    ),
    Fault(
        "an answer that does not apply goes unsaid",
        "return self.graph.both(self.stored.answered, self.applies.fails)",
        "return NEVER",
    ),
    # Conditions
    Fault("not of unknown holds", "return Truths(fails, holds)\n            case All", "return Truths(self.graph.invert(holds), holds)\n            case All"),
    Fault("at least becomes more than", "sums.count_at_least(count, [part.holds", "sums.count_at_least(count + 1, [part.holds"),
    Fault("too many may fail", "too_many = Sums(graph), len(parts) - count + 1", "too_many = Sums(graph), len(parts) - count + 2"),
    Fault("negative points count as positive ones", "up, down = truths if item.points > 0 else (truths.fails, truths.holds)", "up, down = truths"),
    Fault("a lowest sum has no negative points", "base=sum(min(item.points, 0) for item in score.items)", "base=0"),
    Fault("a sum that is reached is too high", "failing.append(sums.at_least(points.gained, high + 1 - points.base))", "failing.append(sums.at_least(points.gained, high - points.base))"),
    Fault("registers that were not searched tell", "fails = graph.both(searched, too_few)", "fails = too_few"),
    Fault("a rise needs no search", "graph.all_of((holds, searched, rises))", "graph.all_of((holds, rises))"),
    # Persons
    Fault("an unlisted person is certain though others are listed", "graph.all_of((more, graph.invert(listed), exists.holds))", "graph.all_of((more, exists.holds))"),
    Fault("everybody listed is overlooked", "present=graph.both(more, ", "present=graph.both(ALWAYS, "),
    Fault("an impossible person goes unsaid", "impossible=graph.both(listed, exists.fails)", "impossible=NEVER"),
    Fault("somebody in doubt counts for certain", "graph.both(unlisted.certain, unlisted_truths.holds)", "graph.both(unlisted.present, unlisted_truths.holds)"),
    Fault("an unlisted person is left out of a group", "graph.both(unlisted.present, graph.invert(unlisted_truths.fails))", "NEVER"),
    # Events
    Fault("events still to come are counted", "[younger & past for younger, past in both]", "[younger for younger, past in both]"),
    Fault("the first day of a window does not count", "pack(rank.ages <= spans", "pack(rank.ages < spans"),
    Fault("the period before reaches into the window", "[twice & ~once for twice, once in both]", "[twice | once for twice, once in both]"),
    Fault("months do not clip", "np.minimum(of_month, last_of_month)", "of_month"),
    Fault("events of others count for a person", "return source.subject == CASE or place == (source.subject, slot)", "return source.subject == CASE or place[0] == source.subject"),
    Fault("what names somebody counts for the unlisted", "if source.is_unlisted or place[0] not in source.subjects:", "if place[0] not in source.subjects:"),
    Fault("an event that names nobody does not count", "for number in (0, *counting)", "for number in (*counting, 99)"),
    Fault("each report is a reporter", "found[: len(plane)] |= plane & rank", "found[: len(plane)] |= plane"),
    Fault("events without a reporter do not matter", "return [*self._certain(matching, pattern), *unnamed]", "return self._certain(matching, pattern)"),
    Fault("as many as before is more", "more = np.zeros(length, np.uint64)\n    empty", "more = ~np.zeros(length, np.uint64)\n    empty"),
    Fault("a second event is not counted up", "for step in range(min(number - 1, place), 0, -1):", "for step in range(min(number - 1, place), 1, -1):"),
    Fault("what is carried is lost", "carried = carried_on", "carried = carried_on & ~carried_on"),
    Fault("the event of a case stands beside it", "room[rows] = values", "room[rows - 1] = values"),
    # Planes
    Fault("a digit is carried twice", "self.graph.both(first, second), self.graph.both(half, third)", "self.graph.both(first, second), self.graph.both(first, third)"),
    Fault("a bound is one too low", "reached = ALWAYS\n", "reached = NEVER\n"),
    Fault("what was gathered stays from an earlier run", "registers[register].fill(0)", "registers[register]"),
    Fault("a buffer is given away too early", "self._last.update(dict.fromkeys(returned))", "pass"),
)  # fmt: skip
