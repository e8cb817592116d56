"""`taxatie publish`: a working release becomes a version."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder, shipped
from taxatie.cli.output import FAULTS, examples, say, stop
from taxatie.cli.progress import with_progress

NAME = "publish"
EXAMPLES = examples("taxatie publish 2026.2", "taxatie publish 2026.2 my-scenarios/ --rulesets my-rulesets --dry-run")


def run(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="The release to publish.")],
    scenarios: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="The scenarios that hold it; else those shipped.")
    ] = None,
    rulesets: RulesetsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what stands against it.")] = False,  # noqa: FBT002
    today: Annotated[str | None, typer.Option(metavar="DATE", help="The date by which reviews are judged.")] = None,
) -> None:
    """Publish a release: strict checks, all scenarios, two approvals, and its files into the lock.

    Everything that stands against it is said at once. From then on its files are immutable, and every load
    verifies them. Safeguards are searched for counter-examples, not proved.
    """
    from taxatie.engine.live import LiveEngine
    from taxatie.registry.folder import ReleaseFolder
    from taxatie.scenarios.runner import run_scenarios
    from taxatie.scenarios.scenario import find_scenario_texts
    from taxatie.service.publish import prepare, publish

    root = rulesets_folder(rulesets)
    folder = ReleaseFolder(root)
    if release not in folder.names():
        known = ", ".join(f"`{name}`" for name in folder.names()) or "none"
        stop(f"there is no release `{release}`", hint=f"releases here: {known}")
    program = folder.load_with_faults(release).program
    texts = () if program is None else find_scenario_texts(scenarios or shipped("validation"))
    running = () if program is None else run_scenarios(program, LiveEngine(program), texts)
    results = list(with_progress(running, "Scenarios", len(texts)))
    day = date.fromisoformat(today) if today else _today()
    prepared = prepare(root, release, results, day)
    for objection in prepared.objections:
        say(f"taxatie: {objection}", is_aside=True)
    if prepared.objections:
        say("  hint: nothing was written; mend all of this first", is_aside=True)
        raise typer.Exit(FAULTS)
    say(f"release {release}, digest {prepared.digest}")
    say(f"{len(results)} scenarios as expected; safeguards searched, not proved")
    if dry_run:
        say("nothing was written")
        return
    publish(root, prepared)
    for path in prepared.files:
        say(f"wrote {root / path}")


def _today() -> date:
    from taxatie.wiring import SystemClock

    return SystemClock().today()
