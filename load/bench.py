"""How fast we are, as ratios, with the goals: the service, an evaluation alone beside its peers, and explanations.

    make bench                                  # all of it, some minutes
    python -m load.bench --without-peers        # where ZEN, CEL and Cedar are not installed

Prints one table, and writes it to build/bench as JSON and as Markdown. What misses its goal is named again below, with
the profile that shows where its time goes. `load/README.md` says how to read it.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

from load.bench_evaluation import PROFILE as EVALUATING
from load.bench_evaluation import evaluate_all, evaluation_section
from load.bench_explaining import PROFILE as EXPLAINING
from load.bench_explaining import explain_all, explaining_section
from load.bench_forms import ANSWERING_PACKED, TAKING_IN, answer_packed, forms_section, take_in_all
from load.bench_profile import profile_lines
from load.bench_serving import PROFILE as ANSWERING
from load.bench_serving import answer_all, serving_section
from load.bench_sides import Turns
from load.bench_table import Section, as_markdown, as_plain, as_text, load_of_others, machine, put_into
from load.make_population import shipped
from load.prepared import Prepared
from load.serving import ROOT

SECTIONS: Final = ("service", "forms", "evaluation", "explanations")
PROFILED: Final = 100
"""Cases that a profile goes through."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and write the table, and the profiles of what missed."""
    wishes = _wishes(arguments)
    program = shipped(wishes.rulesets)
    prepared = Prepared.of(program, wishes.cases)
    heading, began = f"Release {program.release}; {machine()}; {load_of_others()}", perf_counter()
    print(f"{heading}\nmedian of {wishes.rounds} rounds", flush=True)
    sections = []
    for section in _sections(prepared, wishes):
        print(f"measured after {perf_counter() - began:,.0f} s: {section.title}", flush=True)
        sections.append(section)
    print(f"\n{as_text(sections)}")
    missed = list(_missed(prepared, sections)) if wishes.profiles else []
    for lines in missed:
        print("\n" + "\n".join(lines))
    wishes.folder.mkdir(parents=True, exist_ok=True)
    plain = {**as_plain(sections, heading), "missed": missed}
    (wishes.folder / "bench.json").write_text(json.dumps(plain, indent=1, ensure_ascii=False), encoding="utf-8")
    fenced = "".join(f"\n```\n{chr(10).join(lines)}\n```\n" for lines in missed)
    table = as_markdown(sections, heading)
    (wishes.folder / "bench.md").write_text(f"# Speed, as ratios\n\n{table}{fenced}", encoding="utf-8")
    if wishes.into is not None:
        page: Path = wishes.into
        page.write_text(put_into(page.read_text(encoding="utf-8"), table), encoding="utf-8")


def _wishes(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=256, help="distinct cases of the population")
    parser.add_argument("--answered", type=int, default=500, help="fully answered cases for engines")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of load, for each side in each round")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="this part alone; may be repeated")
    parser.add_argument("--without-peers", action="store_true", help="ZEN, CEL and Cedar are not installed")
    parser.add_argument("--without-variants", action="store_true", help="of the service, the goals alone")
    parser.add_argument("--without-profiles", dest="profiles", action="store_false")
    parser.add_argument("--rulesets", type=Path, default=ROOT / "rulesets")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench", help="for the table as files")
    parser.add_argument("--into", type=Path, metavar="PAGE", help="put the table into this page, too (docs/speed.md)")
    return parser.parse_args(arguments)


def _sections(prepared: Prepared, wishes: argparse.Namespace) -> Iterator[Section]:
    parts: dict[str, Callable[[], Section]] = {
        "service": lambda: serving_section(
            prepared, Turns(wishes.rounds, wishes.seconds), with_variants=not wishes.without_variants
        ),
        "forms": lambda: forms_section(prepared, Turns(wishes.rounds, wishes.seconds)),
        "evaluation": lambda: evaluation_section(
            prepared.program, wishes.answered, wishes.rounds, with_peers=not wishes.without_peers
        ),
        "explanations": lambda: explaining_section(prepared.program, prepared.cases),
    }
    return (measure() for name, measure in parts.items() if not wishes.only or name in wishes.only)


def _missed(prepared: Prepared, sections: Sequence[Section]) -> Iterator[list[str]]:
    """Return a profile for each thing whose goal was missed, with the rows that it explains."""
    rows = [row for section in sections for row in section.rows if row.is_met is False]
    profiled: dict[str, Callable[[], Callable[[], object]]] = {
        ANSWERING: lambda: answer_all(prepared),
        TAKING_IN: lambda: take_in_all(prepared),
        ANSWERING_PACKED: lambda: answer_packed(prepared),
        EVALUATING: lambda: evaluate_all(prepared.program, PROFILED),
        EXPLAINING: lambda: explain_all(prepared.program, prepared.cases[:PROFILED]),
    }
    for name, prepare in profiled.items():
        named = [
            f"missed: {row.what}: {row.cells()[3] or row.ours} (goal {row.goal})" for row in rows if row.profile == name
        ]
        if named:
            yield [*named, f"profile of {name}:", *profile_lines(prepare())]


if __name__ == "__main__":
    main()
