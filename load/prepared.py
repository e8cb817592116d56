"""Requests of a made-up population, prepared beforehand, and the answers: checked once, before any load."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import grpc

from load.native import framed
from load.population import Population
from load.population_cases import cases, plain_case
from taxatie.client import case_message
from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.rules.program import Program
from taxatie.terms.case import Case, Mode
from taxatie.terms.names import LevelId
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.generated.taxatie.v1 import case_pb2

ASSESS = "/taxatie.v1.AssessmentService/Assess"
DETAILS = {
    "level": messages.DETAIL_LEVEL,
    "reasons": messages.DETAIL_REASONS,
    "full": messages.DETAIL_FULL,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Some cases of a population, as values and as messages."""

    program: Program
    cases: Sequence[Case]

    @classmethod
    def of(cls, program: Program, count: int) -> "Prepared":
        """Return the first cases of the population of seed 1: all distinct."""
        return cls(program, tuple(cases(Population(program), count)))

    def requests(self, detail: str) -> list[messages.AssessRequest]:
        """Return a request for each case."""
        return [
            messages.AssessRequest(case=self._message(case), retrospective=True, detail=DETAILS[detail])
            for case in self.cases
        ]

    def _message(self, case: Case) -> case_pb2.Case:
        message = case_message(plain_case(self.program, case))
        if case.mode is Mode.ADVICE:
            message.ClearField("case")  # an advice refers to no case
        return message

    def write(self, path: Path, detail: str) -> Path:
        """Write the requests to a file, each with its gRPC prefix, and return it."""
        path.write_bytes(b"".join(map(framed, self.requests(detail))))
        return path

    def levels(self) -> list[LevelId]:
        """Return the level of each case, found without the service."""
        engine = LiveEngine(self.program)
        return [conclude(self.program, case, engine.evaluate(case)).level for case in self.cases]


def ask(port: int, prepared: Prepared) -> list[messages.AssessResponse]:
    """Return what a service answers with reasons, by an ordinary client.

    Raises:
        AssertionError: When a level is not the one found without the service: then nothing here should be measured.
    """
    requests = prepared.requests("reasons")
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        assess = channel.unary_unary(
            ASSESS,
            request_serializer=messages.AssessRequest.SerializeToString,
            response_deserializer=messages.AssessResponse.FromString,
        )
        answers = [assess(request) for request in requests]
    assert [answer.level for answer in answers] == prepared.levels(), "the service gives other levels"
    return answers
