"""Getting an engine by its name; each is imported only when it is asked for."""

import platform
from collections.abc import Mapping
from importlib.metadata import version

from taxatie import VERSION
from taxatie.engine.evaluator import Engine, EngineName
from taxatie.rules.program import Program


def build_engine(name: EngineName, program: Program) -> Engine:
    """Return the engine of that name, ready for the program.

    Raises:
        TaxatieError: When the engine cannot run on this machine; only `durable` may not.
    """
    match name:
        case EngineName.REFERENCE:
            from taxatie.engine.reference import ReferenceEngine  # noqa: PLC0415  # imported when asked for

            return ReferenceEngine(program)
        case EngineName.LIVE:
            from taxatie.engine.live import LiveEngine  # noqa: PLC0415

            return LiveEngine(program)
        case EngineName.COLUMNS:
            from taxatie.engine.columns import ColumnsEngine  # noqa: PLC0415

            return ColumnsEngine(program)
        case EngineName.DURABLE:
            from taxatie.engine.durable import DurableEngine  # noqa: PLC0415

            return DurableEngine(program)


def engine_versions(name: EngineName) -> Mapping[str, str]:
    """Return what computes, as a record names it: the engine, and the versions that an outcome could hang on.

    Deadlines rest on Amsterdam's clock, whose rules come from `tzdata`.
    """
    return {
        "name": str(name),
        "taxatie": VERSION,
        "python": platform.python_version(),
        "tzdata": version("tzdata"),
    }
