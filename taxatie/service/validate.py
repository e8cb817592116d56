"""Run the scenarios of a release within the service: results as they come, a report at the end."""

from collections.abc import Iterator

from taxatie.scenarios.report import report_of
from taxatie.scenarios.runner import run_scenarios
from taxatie.scenarios.scenario import find_scenario_texts
from taxatie.service.ports import Clock, Releases
from taxatie.wire.generated.taxatie.v1 import validation_pb2 as messages


def run_suite(
    releases: Releases, clock: Clock, request: messages.RunScenariosRequest
) -> Iterator[messages.RunScenariosResponse]:
    """Return each scenario's result, then the report with its digest."""
    assessor = releases.named(request.release) if request.release else releases.in_force(clock.now())
    texts = find_scenario_texts(releases.scenarios)
    results = []
    for number, result in enumerate(run_scenarios(assessor.program, assessor.engine, texts), start=1):
        results.append(result)
        yield messages.RunScenariosResponse(
            result=messages.ScenarioResult(
                number=number,
                total=len(texts),
                path=result.path,
                case=result.case,
                met=result.is_met,
                level=result.level or "",
                deviations=[f"{d.about}: expected {d.expected}, got {d.got}" for d in result.deviations],
                faults=map(str, result.faults),
            )
        )
    report = report_of(assessor.program, "live", results)
    yield messages.RunScenariosResponse(
        report=messages.ScenarioReport(
            release=assessor.program.release,
            release_digest=assessor.program.digest,
            met=sum(result.is_met for result in results),
            total=len(results),
            digest=str(report["digest"]),
        )
    )
