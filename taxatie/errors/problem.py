"""Faults of a caller or an operator: raised, with words that they can act on."""

from dataclasses import dataclass

from taxatie.errors.diagnostics import Diagnostics


class TaxatieError(Exception):
    """Something that a caller or an operator can mend; the message says what, the hint how."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """Keep the hint beside the message."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvariantError(Exception):
    """Our own mistake, where a caller waits for an answer."""


class NotAssessedError(TaxatieError):
    """There is no assessment; the message says why, and always how to treat the case."""

    def __init__(self, why: str, *, hint: str | None = None) -> None:
        """Lead with what it means for the case: without an assessment it counts as urgent."""
        super().__init__(f"not assessed: treat as urgent ({why})", hint=hint)


class NotRecordedError(NotAssessedError):
    """The decision could not be put on record, so it may not be answered."""


class RequestReusedError(NotAssessedError):
    """A request id came again with another request."""


class ErasedError(TaxatieError):
    """What was asked for was erased: that it was there is still on record, what it said is not."""


@dataclass(frozen=True, slots=True)
class RequestFault:
    """One thing wrong with a request, and the field that it is wrong with."""

    field: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        """Return the fault on one line."""
        return f"{self.field}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class RequestFaults(TaxatieError):  # noqa: N818  # it names what it holds
    """A request that is not done, with everything that is wrong with it."""

    def __init__(self, faults: tuple[RequestFault, ...]) -> None:
        """Keep every fault, in the order of the fields."""
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


class UnknownDecisionFaults(RequestFaults):
    """A request about a decision that the log does not hold."""


class DecisionOutOfReachFaults(RequestFaults):
    """A request about a decision that was erased, or whose release is not here any more."""


class RequestReusedFaults(RequestFaults):
    """A request whose id came before, with another request."""


class DeedNotRecordedError(NotRecordedError):
    """What somebody did with a decision could not be put on record, so nothing has changed."""

    def __init__(self, why: str, *, hint: str | None = None) -> None:
        """Say what it means: the case was assessed, and its level is what it was."""
        TaxatieError.__init__(self, f"not recorded: the level is what it was ({why})", hint=hint)


class NothingShownError(NotRecordedError):
    """The log cannot say that somebody looks, or what it holds, so nothing is shown."""

    def __init__(self, why: str, *, hint: str | None = None) -> None:
        """Say what it means: nothing about a case has changed."""
        TaxatieError.__init__(self, f"nothing is shown ({why})", hint=hint)


class UnknownDecisionError(TaxatieError):
    """A decision was named that the log does not hold."""


class ReleaseFaults(NotAssessedError):  # noqa: N818  # it names what it holds
    """A release that cannot be loaded, with every fault of its texts."""

    def __init__(self, release: str, diagnostics: Diagnostics) -> None:
        """Name the release and keep its faults."""
        super().__init__(
            f"release `{release}` has {len(diagnostics.errors)} errors",
            hint="run `taxatie check` to see them all",
        )
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class CaseFault:
    """One thing wrong with a case, and its path in the case."""

    path: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        """Return the fault on one line."""
        return f"{self.path}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class CaseFaults(NotAssessedError):  # noqa: N818  # it names what it holds
    """A case that cannot be read, with everything that is wrong with it."""

    def __init__(self, case: str, faults: tuple[CaseFault, ...]) -> None:
        """Keep every fault, in the order of the case."""
        super().__init__(f"case `{case}`: " + "; ".join(map(str, faults)))
        self.case = case
        self.faults = faults
