"""From the plain form of a case, as files hold it, to a message."""

from collections.abc import Iterable, Mapping

from taxatie.wire.generated.taxatie.v1 import case_pb2

Plain = Mapping[str, object]


def case_message(plain: Plain) -> case_pb2.Case:
    """Return the case as a message; what the protocol cannot say is refused here, the rest by the service.

    Raises:
        ValueError: When a part says what no case can say.
        TypeError: When a part has a form that no case has.
    """
    return case_pb2.Case(
        case=_text(plain, "case"),
        reference_time=_text(plain, "reference_time"),
        mode=_mode(plain.get("mode")),
        region=_text(plain, "region"),
        everyone_listed=[str(name) for name in _list(plain, "everyone_listed")],
        answers=_answers(plain.get("answers")),
        persons=[_person(_map(person)) for person in _list(plain, "persons")],
        history=None if plain.get("history") is None else _history(_map(plain["history"])),
    )


def _person(plain: Plain) -> case_pb2.Person:
    return case_pb2.Person(
        id=_text(plain, "id"), subject=_text(plain, "subject"), answers=_answers(plain.get("answers"))
    )


def _history(plain: Plain) -> case_pb2.History:
    events = [_map(event) for event in _list(plain, "events")]
    return case_pb2.History(
        searched=plain.get("searched") in {True, "yes"},
        events=[
            case_pb2.Event(
                kind=_text(event, "kind"),
                date=_text(event, "date"),
                person=_text(event, "person"),
                reporter=_text(event, "reporter"),
            )
            for event in events
        ],
    )


def _answers(said: object) -> dict[str, case_pb2.Answer]:
    return {} if said is None else {name: _answer(answer) for name, answer in _map(said).items()}


def _answer(said: object) -> case_pb2.Answer:
    if not isinstance(said, Mapping):
        return _value(said)
    answer = _value(said.get("value"))
    answer.basis = _basis(said.get("basis"))
    answer.partner_present = said.get("partner_present") in {True, "yes"}
    return answer


def _value(said: object) -> case_pb2.Answer:
    match said:
        case "unknown":
            return case_pb2.Answer(unknown=True)
        case "yes" | "no" | True | False:
            return case_pb2.Answer(yes=said in {"yes", True})
        case int():
            return case_pb2.Answer(number=said)
        case str():
            return case_pb2.Answer(option=said)
        case None:
            return case_pb2.Answer()
        case _:
            raise ValueError(f"`{said!r}` is no answer")


def _mode(said: object) -> case_pb2.Mode.ValueType:
    return case_pb2.MODE_UNSPECIFIED if said is None else case_pb2.Mode.Value(f"MODE_{said}".upper())


def _basis(said: object) -> case_pb2.Basis.ValueType:
    return case_pb2.BASIS_UNSPECIFIED if said is None else case_pb2.Basis.Value(f"BASIS_{said}".upper())


def _text(plain: Plain, key: str) -> str:
    said = plain.get(key)
    return "" if said is None else str(said)


def _list(plain: Plain, key: str) -> Iterable[object]:
    said = plain.get(key)
    if said is None:
        return []
    if not isinstance(said, list):
        raise TypeError(f"`{key}` is a list")
    return said


def _map(said: object) -> Plain:
    if not isinstance(said, Mapping):
        raise TypeError(f"`{said!r}` is no map")
    return said
