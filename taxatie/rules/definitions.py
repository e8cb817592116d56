"""Every condition of a release, read, with the names that it uses: what it may see, and no circles."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from taxatie.errors.codes import Code
from taxatie.errors.diagnostics import Diagnostics
from taxatie.limits import EXPANDED_DEPTH_MAX
from taxatie.rules.condition import Condition
from taxatie.rules.condition_reader import ConditionReader, Use
from taxatie.rules.declarations import Declarations
from taxatie.rules.nodes import Mapping, Node, Path, Scalar, Sequence, node_at
from taxatie.rules.texts import ParsedText, ReleaseTexts, mappings_in, text_of
from taxatie.terms.names import CASE


@dataclass(frozen=True, slots=True)
class ConditionSite:
    """A place where a condition stands, and whose it is."""

    text: ParsedText
    path: Path
    owner_kind: str
    """`signals`, `subjects`, `concepts`, `scores`, `rules` or `safeguards`."""
    owner: str
    subject: str | None
    """Whose signals it may use besides the case's; None where any one subject will do."""
    may_group: bool
    """Whether `some` and `every` may stand here."""


Graph: TypeAlias = "dict[str, list[tuple[str, Use]]]"
"""For each named thing the names that its condition uses."""


@dataclass(frozen=True, slots=True)
class ReadCondition:
    """A condition at its site; None where it could not be read."""

    site: ConditionSite
    condition: Condition | None
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose signals a named condition needs, directly or through others, and whether it looks at groups."""

    subjects: frozenset[str]
    groups: bool


@dataclass(slots=True)
class Definitions:
    """All conditions of a release, by place, and the reach of each concept and score."""

    declarations: Declarations
    read: dict[tuple[str, Path], ReadCondition] = field(default_factory=dict)
    reach: dict[str, Reach] = field(default_factory=dict)

    def condition(self, text: ParsedText, path: Path) -> Condition:
        """Return the condition at a place; only for releases without errors."""
        found = self.read[text.path, path].condition
        assert found is not None, path
        return found

    def uses(self) -> Iterator[tuple[ConditionSite, Use]]:
        """Return every use of a name in a condition."""
        for read in self.read.values():
            for use in read.uses:
                yield read.site, use


def read_definitions(texts: ReleaseTexts, declarations: Declarations, diagnostics: Diagnostics) -> Definitions:
    """Return all conditions of the release, reporting every fault in them."""
    definitions = Definitions(declarations)
    for site in _sites(texts):
        reader = ConditionReader(site.text, declarations, diagnostics)
        condition = reader.read(node_at(site.text.root, site.path))
        definitions.read[site.text.path, site.path] = ReadCondition(site, condition, tuple(reader.uses))
    order = _report_circles(definitions, diagnostics)
    _report_depth(definitions, order, diagnostics)
    _collect_reach(definitions)
    _report_out_of_sight(definitions, diagnostics)
    return definitions


def _sites(texts: ReleaseTexts) -> Iterator[ConditionSite]:
    vocabulary = texts.vocabulary
    for path, node in vocabulary.items("subjects"):
        yield from _site(vocabulary, path, node, "exists_when", ("subjects", CASE, False))
    for path, node in vocabulary.items("signals"):
        subject = text_of(node, "subject") or CASE
        yield from _site(vocabulary, path, node, "applies_when", ("signals", subject, False))
    yield from _named_sites(vocabulary, None)
    for ruleset in texts.rulesets:
        whose = text_of(ruleset.root, "subject") if isinstance(ruleset.root, Mapping) else None
        yield from _named_sites(ruleset, whose)
        for path, node in ruleset.items("rules"):
            yield from _site(ruleset, path, node, "when", ("rules", whose, True))
        for path, node in ruleset.items("safeguards"):
            yield from _site(ruleset, path, node, "whenever", ("safeguards", whose, True))


def _named_sites(text: ParsedText, subject: str | None) -> Iterator[ConditionSite]:
    for path, node in text.items("concepts"):
        yield from _site(text, path, node, "when", ("concepts", subject, True))
    for path, node in text.items("scores"):
        name = text_of(node, "id") or ""
        for item_path, item in mappings_in(node, "add"):
            if item.get("when") is not None:
                yield ConditionSite(text, (*path, *item_path, "when"), "scores", name, subject, may_group=True)


def _site(
    text: ParsedText, path: Path, node: Mapping, key: str, owner: tuple[str, str | None, bool]
) -> Iterator[ConditionSite]:
    kind, subject, may_group = owner
    if node.get(key) is not None:
        yield ConditionSite(text, (*path, key), kind, text_of(node, "id") or "", subject, may_group)


def _graph(definitions: Definitions) -> Graph:
    """Return for each named thing with a condition what that condition uses."""
    graph: Graph = {}
    for site, use in definitions.uses():
        if site.owner_kind in {"signals", "concepts", "scores", "subjects"}:
            graph.setdefault(site.owner, []).append((use.name, use))
    return graph


def _report_circles(definitions: Definitions, diagnostics: Diagnostics) -> list[str]:
    """Report names that rest on themselves; return all names, each after those that it rests on."""
    graph = _graph(definitions)
    done: dict[str, None] = {}
    for start in graph:
        if start not in done:
            _walk(start, graph, done, diagnostics)
    return list(done)


def _walk(name: str, graph: Graph, done: dict[str, None], diagnostics: Diagnostics) -> None:
    """Follow uses depth first; no recursion, because a chain of names may be as long as a text."""
    stack = [(name, iter(graph.get(name, ())))]
    trail = [name]
    while stack:
        current, uses = stack[-1]
        step = next(uses, None)
        if step is None:
            stack.pop()
            trail.pop()
            done[current] = None
            continue
        target, use = step
        if target in trail:
            circle = [*trail[trail.index(target) :], target]
            shown = " → ".join(f"`{each}`" for each in circle)
            message, hint = f"`{target}` rests on itself: {shown}", "break the circle at one of these"
            use.text.fault(diagnostics, use.span, Code.CIRCULAR, message, hint)
        elif target not in done and target in graph:
            stack.append((target, iter(graph[target])))
            trail.append(target)


def _report_depth(definitions: Definitions, order: list[str], diagnostics: Diagnostics) -> None:
    """Report conditions that nest too deep once every name is written out: engines follow them that far."""
    sites: dict[str, list[ReadCondition]] = {}
    for read in definitions.read.values():
        is_named = read.site.owner_kind in {"signals", "concepts", "scores", "subjects"}
        sites.setdefault(read.site.owner if is_named else "", []).append(read)
    depths: dict[str, int] = {}
    for name in (*order, ""):
        for read in sites.get(name, ()):
            own = _nesting(node_at(read.site.text.root, read.site.path))
            depth = own + max((depths.get(use.name, 0) for use in read.uses), default=0)
            depths[name] = max(depths.get(name, 0), depth)
            if depth > EXPANDED_DEPTH_MAX:
                message = f"this nests {depth} deep through the names it uses; at most {EXPANDED_DEPTH_MAX} is followed"
                read.site.text.fault(
                    diagnostics, read.site.path, Code.TOO_DEEP, message, "use fewer names within names"
                )


def _nesting(node: Node) -> int:
    """Return how deep a node nests; its text was refused beyond a bound, so this recursion has one."""
    match node:
        case Mapping():
            return 1 + max((_nesting(value) for _, value in node), default=0)
        case Sequence():
            return 1 + max((_nesting(item) for item in node.items), default=0)
        case Scalar():
            return 1


def _collect_reach(definitions: Definitions) -> None:
    """Give each concept and score whose signals it needs; circles were reported and stop here."""
    graph = _graph(definitions)
    for kind in ("concepts", "scores"):
        for name in definitions.declarations.of(kind):
            definitions.reach[name] = _reach(name, graph, definitions.declarations)


def _reach(name: str, graph: Graph, declarations: Declarations) -> Reach:
    seen: set[str] = set()
    subjects: set[str] = set()
    groups = False
    pending = [name]
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        for target, use in graph.get(current, ()):
            groups = groups or use.kind == "subjects"
            if use.group is not None:
                continue
            if use.kind == "signals":
                subjects.add(declarations.signals[target].subject)
            elif use.kind in {"concepts", "scores"}:
                pending.append(target)
    return Reach(frozenset(subjects - {CASE}), groups)


def _report_out_of_sight(definitions: Definitions, diagnostics: Diagnostics) -> None:
    for site, use in definitions.uses():
        fault = _sight_fault(definitions, site, use)
        if fault is not None:
            message, hint = fault
            use.text.fault(diagnostics, use.span, Code.OUT_OF_SIGHT, message, hint)
    for kind in ("concepts", "scores"):
        for name, declaration in definitions.declarations.of(kind).items():
            subjects = definitions.reach[name].subjects
            if declaration.ruleset is None and len(subjects) > 1:
                listed = " and ".join(f"`{subject}`" for subject in sorted(subjects))
                message = f"`{name}` uses the signals of {listed}; it can speak of one of them only"
                declaration.text.fault(
                    diagnostics, declaration.path, Code.OUT_OF_SIGHT, message, "use `some` or `every` for the other"
                )


def _sight_fault(  # one answer for each way to be out of sight
    definitions: Definitions, site: ConditionSite, use: Use
) -> tuple[str, str] | None:
    declarations = definitions.declarations
    if use.kind == "subjects":
        return None if site.may_group else ("`some` and `every` cannot stand here", "use answers of the case itself")
    if use.kind == "event_kinds":
        return None
    allowed = use.group if use.group is not None else site.subject
    if use.kind == "signals":
        subject = declarations.signals[use.name].subject
        if allowed is None or subject in {CASE, allowed}:
            return None
        return f"`{use.name}` is asked of each `{subject}` and cannot be seen here", _sight_hint(subject, site)
    declaration = declarations.of(use.kind)[use.name]
    if declaration.ruleset is not None and declaration.ruleset != (
        site.text.name if site.text.kind == "ruleset" else None
    ):
        return f"`{use.name}` belongs to the ruleset `{declaration.ruleset}`", "move it to the vocabulary to share it"
    reach = definitions.reach[use.name]
    if reach.groups and (use.group is not None or not site.may_group):
        return (
            f"`{use.name}` looks at a group of persons, which cannot be done here",
            "use a condition without `some` and `every`",
        )
    strange = reach.subjects - {CASE, allowed}
    if allowed is not None and strange:
        subject = min(strange)
        return f"`{use.name}` speaks of each `{subject}` and cannot be seen here", _sight_hint(subject, site)
    return None


def _sight_hint(subject: str, site: ConditionSite) -> str:
    if site.may_group:
        return f"write `{{some: {subject}, holds: …}}` or `{{every: {subject}, holds: …}}`"
    return "use answers of the case itself"
