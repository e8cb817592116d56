"""A what-if on several machines: each file is a task, and what was counted in it comes back to be added up.

The engine is Dask's `distributed`, through its ordinary interfaces: a scheduler that stands already, or a cluster of
processes on this machine. Workers read the files themselves, so they must see them under the same names. Counts are
whole numbers, added up in the order of the files, so the figures are those of one machine to the digit. What a lost
worker had in hand is counted again by another.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from logging import ERROR
from pickle import HIGHEST_PROTOCOL, dumps, loads
from typing import Final, Generic, TypeVar

from distributed import Client, Future, KilledWorker, LocalCluster, as_completed

from taxatie.errors.problem import TaxatieError
from taxatie.rules.program import Program

C = TypeVar("C")
Count = Callable[[str, Program, Program], C]
"""Counts one file under two releases; a function at the top of a module, so that workers find it by its name."""

LOOPBACK: Final = "127.0.0.1"
PATIENCE_SECONDS: Final = 10.0
"""How long a scheduler may take to answer, and to find a worker; one that stands takes less than one."""


@contextmanager
def local_cluster(workers: int) -> Iterator[Client]:
    """Give a cluster of so many processes on this machine, reachable from this machine alone.

    A process each, because counting keeps one core busy; without Dask's pages, because nobody here looks at them (the
    port that it opens for them all the same is any free one of this machine).
    """
    with (
        LocalCluster(  # type: ignore[no-untyped-call]  # distributed types some of its calls only
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            dashboard_address=None,
            scheduler_kwargs={"dashboard": False, "dashboard_address": f"{LOOPBACK}:0"},
            silence_logs=ERROR,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,  # type: ignore[no-untyped-call]  # as above
    ):
        yield client


@contextmanager
def standing_cluster(address: str, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Client]:
    """Give the cluster whose scheduler listens at *address*.

    Raises:
        TaxatieError: When none answers there, or when it has no workers.
    """
    try:
        client = Client(address, timeout=patience_seconds, set_as_default=False)  # type: ignore[no-untyped-call]  # as above
    except (OSError, ValueError) as error:
        hint = "start one with `dask scheduler`, or leave it to a local cluster"
        raise TaxatieError(f"no scheduler answers at `{address}`", hint=hint) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=patience_seconds)
        except TimeoutError as error:
            hint = f"start some with `dask worker {address}`"
            raise TaxatieError(f"the cluster at `{address}` has no workers", hint=hint) from error
        yield client


@dataclass(frozen=True, slots=True)
class ClusterCount(Generic[C]):
    """The counting of files under two releases on a cluster."""

    client: Client
    old: Program
    new: Program
    count: Count[C]

    def run(self, files: Sequence[str]) -> Iterator[tuple[int, C]]:
        """Return what was counted in each file, with the file's place, as soon as it is there.

        Raises:
            TaxatieError: When a file cannot be read where it is counted, or its workers are lost again and again.
        """
        packed = dumps((self.old, self.new), protocol=HIGHEST_PROTOCOL)
        # The releases are a task as well: lost with a worker, they are unpacked again.
        releases = self.client.submit(loads, packed, pure=False)
        places = {
            self.client.submit(_count_one, self.count, path, releases, pure=False): place
            for place, path in enumerate(files)
        }
        for future in as_completed(places, loop=self.client.loop):  # type: ignore[no-untyped-call]  # as above
            place = places[future]
            yield place, self._counted(future, files[place])

    def _counted(self, future: "Future[C]", path: str) -> C:
        try:
            return future.result()
        except KilledWorker as error:
            hint = "it may need more memory than a worker has"
            raise TaxatieError(f"every worker that counted `{path}` was lost", hint=hint) from error
        except OSError as error:
            hint = "workers read the files themselves; put them where each worker sees them under this name"
            raise TaxatieError(
                f"a worker cannot read `{path}`: {(error.strerror or str(error)).lower()}", hint=hint
            ) from error


def _count_one(count: Count[C], path: str, releases: tuple[Program, Program]) -> C:
    old, new = releases
    return count(path, old, new)
