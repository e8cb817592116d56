"""The service as intake systems meet it, for locust: one case at a time, many in a stream, the questions of a form.

`make load` starts the service and runs this (`load/run_users.py`). Against a service that runs already, with locust's
own pages:

    .venv/bin/python -m locust -f load/locustfile.py --host 127.0.0.1:50051

Every answer is judged (`load/expecting.py`): one that is wrong counts as a failure, as does a call that is refused.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import ClassVar, Final

import grpc
import grpc.experimental.gevent
from locust import LoadTestShape, User, between, events, task
from locust.env import Environment

from load.day import DAY, users_at
from load.expecting import Deck, Judge, WrongAnswerError, deck_of
from load.make_population import ROOT, shipped
from taxatie.client import Client, RefusedError
from taxatie.rules.program import Program
from taxatie.terms.names import MODE
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages

# Locust's users are greenlets: gRPC must give way to them while it waits.
grpc.experimental.gevent.init_gevent()

STREAM_CASES: Final = 25
LEVEL: Final = ("Assess, level", messages.DETAIL_LEVEL)
REASONS: Final = ("Assess, reasons", messages.DETAIL_REASONS)
FULL: Final = ("Assess, full", messages.DETAIL_FULL)
ASKED_FOR: Final = (LEVEL, REASONS, FULL, LEVEL, LEVEL, REASONS, LEVEL, FULL, LEVEL, REASONS)
"""How much of an answer is asked for, in turn: no kind is left to chance, however short the day."""


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator]  # locust says no types here
def add_options(parser: ArgumentParser) -> None:
    """Add our own options to those of locust."""
    parser.add_argument("--rulesets", nargs="+", default=[str(ROOT / "rulesets")], help="the folders that are served")
    parser.add_argument("--seconds", type=float, default=300.0, help="how long the day lasts")
    parser.add_argument("--most-users", type=int, default=40, help="users at the morning's peak")
    parser.add_argument("--steady", action="store_true", help="the same number of users all along")
    parser.add_argument("--cases", type=int, default=2000, help="how many distinct cases there are")


def _options(environment: Environment) -> Namespace:
    assert environment.parsed_options is not None, "locust was started by its command"
    options: Namespace = environment.parsed_options
    return options


class Office:
    """What all users share: the cases to ask about, and what is right."""

    programs: ClassVar[Mapping[str, Program]] = {}
    release: ClassVar[str]
    deck: ClassVar[Deck]
    judge: ClassVar[Judge] = Judge()
    details: ClassVar[Iterator[tuple[str, messages.Detail.ValueType]]] = cycle(ASKED_FOR)


@events.init.add_listener  # type: ignore[untyped-decorator]  # locust says no types here
def prepare(environment: Environment, **_: object) -> None:
    """Make the cases and what is expected before the first user comes."""
    options = _options(environment)
    programs = [shipped(Path(folder)) for folder in options.rulesets]
    Office.programs = {program.digest: program for program in programs}
    Office.release = programs[0].release
    Office.deck = deck_of(programs, options.cases)


class Intake(User):
    """A system at a desk: it has a connection of its own, and people think between calls."""

    abstract = True
    wait_time = between(0.5, 2.0)

    def on_start(self) -> None:
        """Connect."""
        assert self.host is not None, "a host was named"
        self.client = Client(self.host)

    def on_stop(self) -> None:
        """Close the connection."""
        self.client.__exit__()

    @contextmanager
    def noted(self, name: str) -> Iterator[None]:
        """Tell locust how long the block took, and what was wrong."""
        begun = perf_counter()
        failure: Exception | None = None
        try:
            yield
        except (RefusedError, WrongAnswerError, grpc.RpcError) as error:
            failure = error
        self.environment.events.request.fire(
            request_type="gRPC",
            name=name,
            response_time=(perf_counter() - begun) * 1000,
            response_length=0,
            exception=failure,
            context={},
        )


class OneByOne(Intake):
    """A professional who is on the telephone: the level at once, the reasons, and what could still change it."""

    weight = 2

    @task
    def ask(self) -> None:
        """Ask about the next case."""
        name, detail = next(Office.details)
        asked = Office.deck.draw()
        with self.noted(name):
            answer = self.client.assess(asked.case, release=Office.release, retrospective=True, detail=detail)
            Office.judge.judge(asked, answer)


class Stream(Intake):
    """A system that hands its night's cases over at once."""

    weight = 1
    wait_time = between(3, 8)

    @task
    def stream(self) -> None:
        """Ask about many cases in one call."""
        asked = [Office.deck.draw() for _ in range(STREAM_CASES)]
        requests = [
            messages.AssessRequest(
                case=each.case, release=Office.release, retrospective=True, detail=messages.DETAIL_LEVEL
            )
            for each in asked
        ]
        with self.noted(f"AssessMany, {STREAM_CASES} levels"):
            answers = list(self.client.assess_many(requests))
            if len(answers) != len(asked):
                raise WrongAnswerError(f"{len(answers)} answers to {len(asked)} cases")
            for each, answer in zip(asked, answers, strict=True):
                if answer.HasField("problem"):
                    raise WrongAnswerError(answer.problem.message)
                Office.judge.judge(each, answer.response)


class Form(Intake):
    """A system that builds its form from what the release asks."""

    weight = 1

    @task
    def ask_questions(self) -> None:
        """Ask for the questionnaire."""
        with self.noted("GetQuestionnaire"):
            said = self.client.questionnaire(Office.release)
            program = Office.programs.get(said.digest)
            if program is None:
                raise WrongAnswerError(f"no release with the digest `{said.digest}` was served")
            if {question.signal for question in said.questions} != {*program.signals} - {MODE}:
                raise WrongAnswerError("the questions are not those of the release")


class Day(LoadTestShape):
    """How many users there are when: a morning's peak and a spike, or the same all along."""

    def __init__(self) -> None:
        """Begin."""
        super().__init__()  # type: ignore[no-untyped-call]  # locust says no types here
        self.begun = perf_counter()

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there are now, and how many may come a second; None at the end."""
        assert self.runner is not None, "the day has begun"
        options = _options(self.runner.environment)
        part = (perf_counter() - self.begun) / options.seconds
        if part >= 1:
            return None
        users = options.most_users if options.steady else users_at(DAY, part, options.most_users)
        return users, options.most_users
