"""Ruling out that a question matters, or that it reaches a level: by what each of its routes would need."""

from collections.abc import Iterator, Sequence

from taxatie.explain.bounds import ANY, Laid, reach_at_most
from taxatie.explain.forced import intersected, together
from taxatie.explain.inquiry import Inquiry, Instance
from taxatie.explain.left import REGISTERS, Allowed
from taxatie.explain.trials import Matter


def bounds(inquiry: Inquiry, matters: Sequence[Matter], *, is_fine: bool) -> list[int]:
    """Return the highest rank that each question may reach, -1 where it cannot matter.

    A *fine* look tells cases apart where a neighbour can be as it should be in several ways.
    """
    laid = [
        (number, route) for number, matter in enumerate(matters) for route in _laid(inquiry, matter, is_fine=is_fine)
    ]
    found = [-1] * len(matters)
    if laid:
        ranks = reach_at_most(inquiry.means, [route for _, route in laid])
        for (number, _), rank in zip(laid, ranks, strict=True):
            found[number] = max(found[number], rank)
    return found


def _laid(inquiry: Inquiry, matter: Matter, *, is_fine: bool) -> Iterator[Laid]:
    """Return every route of a question that is not closed, in a world of its own."""
    view = 0 if matter.key < 0 else inquiry.view_of(matter)
    for instance in inquiry.instances(matter):
        route = instance.route
        for needs in _needs(inquiry, matter, instance, is_fine=is_fine):
            yield Laid(needs, route.rule, route.scope, route.place, instance.own, view)
    for place in _decided_by(inquiry, matter):
        yield from _by_presence(inquiry, place, matter)


def _needs(inquiry: Inquiry, matter: Matter, instance: Instance, *, is_fine: bool) -> list[Allowed]:
    """Return needs of which one at least is met wherever the route is open; none where it is closed."""
    means, choices = inquiry.means, []
    for each, place in inquiry.beside(instance) or ():
        if not each.is_forced:
            continue
        if is_fine and not each.is_closed_awake:
            covers = means.covers(each.condition, place, wanted=each.wanted)
        else:
            forced = means.needs(each, place)
            covers = [] if forced is None else [forced]
        if not covers:
            return []
        if covers[0] or len(covers) > 1:
            choices.append([_apart(inquiry, needs, matter) for needs in covers])
    if inquiry.beside(instance) is None:
        return []
    is_plain = all(len(covers) == 1 for covers in choices)
    found = [intersected([needs for [needs] in choices])] if is_plain else together(choices)
    return [needs for needs in found if all(needs.values())]


def _apart(inquiry: Inquiry, needs: Allowed, matter: Matter) -> Allowed:
    """Return the needs that stand whatever the answer to the question itself, and whatever it makes apply."""
    touched, name = inquiry.scene.outlook.touched, matter.question[0]
    found = {}
    for key, allowed in needs.items():
        if key != matter.key:
            signal, place, _ = inquiry.means.signals[key]
            if name not in touched[signal.id] or signal.id not in inquiry.scene.views[place].sleeping:
                found[key] = allowed
    return found


def _decided_by(inquiry: Inquiry, matter: Matter) -> list[int]:
    """Return the views of whom the answer decides whether they exist."""
    scene = inquiry.scene
    if matter.key < 0 and matter.key != REGISTERS:
        return [-1 - matter.key]
    return [
        place
        for place in scene.doubtful
        if inquiry.view_of(matter) == 0
        and matter.question[0] in scene.outlook.decisive[scene.views[place].sheet.subject]
        and not scene.is_listed(scene.views[place].sheet.subject)
    ]


def _by_presence(inquiry: Inquiry, place: int, matter: Matter) -> Iterator[Laid]:
    """Return how it can matter that somebody exists: by what is said of them, and of the group they are of."""
    scene = inquiry.scene
    subject = scene.views[place].sheet.subject
    for index, scope in enumerate(scene.outlook.scopes):
        rules = scope.scope.rules
        if scope.scope.subject == subject:
            for number, rule in enumerate(rules):
                forced = inquiry.means.forced(rule.condition, place, wanted=True) if inquiry.may_show(rule) else None
                if forced is not None:
                    yield Laid(_apart(inquiry, forced, matter), rule, index, number, place, 0)
            if scope.findings:
                yield Laid({}, None, index, ANY, place, 0)
        for number, found in scope.grouped.get(subject, ()):
            if inquiry.may_show(found):
                for own in scene.views_of(scope.scope.subject):
                    yield Laid({}, found, index, number, own, 0)
