"""What it costs to put every decision on record first: the service with the log required, beside one without.

Read the ratio: both are measured in turn, in one run, with 64 calls in flight from a native generator.
"""

from tempfile import TemporaryDirectory

from load.native import framed, run_load
from load.serving import ROOT, serving
from taxatie.client import case_message
from taxatie.errors.diagnostics import Diagnostics
from taxatie.rules.nodes import plain
from taxatie.rules.parser import parse_text
from taxatie.source import SourceText
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages

GOAL = 0.7
ALONE = ("--second-engine", "off", "--no-watch")
"""What else the service does beside answering would be measured along."""

ROUNDS = 3
CALLS = {messages.DETAIL_LEVEL: 3000, messages.DETAIL_REASONS: 2000, messages.DETAIL_FULL: 300}
METHOD = "/taxatie.v1.AssessmentService/Assess"
SCENARIO = ROOT / "validation" / "acute-danger" / "stalked-minor-order-breached.yaml"


def main() -> None:
    """Print the ratio for each detail: with the log, divided by without."""
    print(f"{'detail':<10}{'without log':>14}{'with log':>12}{'ratio':>8}   goal")
    for detail, calls in CALLS.items():
        body = framed(_request(detail))
        rates: dict[str, list[float]] = {"off": [], "required": []}
        with TemporaryDirectory() as folder:
            for _ in range(ROUNDS):
                for choice, found in rates.items():
                    with serving("--ledger", choice, "--ledger-folder", folder, *ALONE) as port:
                        run_load(port, METHOD, body, calls // 10)
                        found.append(run_load(port, METHOD, body, calls).rate)
        without, with_log = (sorted(found)[ROUNDS // 2] for found in rates.values())
        name = messages.Detail.Name(detail).removeprefix("DETAIL_").lower()
        print(f"{name:<10}{without:>12,.0f}/s{with_log:>10,.0f}/s{with_log / without:>8.2f}   {GOAL}")


def _request(detail: messages.Detail.ValueType) -> messages.AssessRequest:
    root = parse_text(SourceText(SCENARIO.name, SCENARIO.read_text(encoding="utf-8")), Diagnostics())
    case = plain(root)
    assert isinstance(case, dict)
    case.pop("expect")
    return messages.AssessRequest(case=case_message(case), retrospective=True, detail=detail)


if __name__ == "__main__":
    main()
