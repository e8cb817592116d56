"""A what-if on a real cluster of processes: the figures of one machine, also when a worker is killed."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from distributed import Client

from load.make_population import write_population
from load.peers.two_valued import another_release
from load.population import Population
from taxatie.errors.problem import TaxatieError
from taxatie.replay.cluster import ClusterCount, local_cluster, standing_cluster
from taxatie.replay.what_if import count_file
from taxatie.rules.program import Program
from tests.content.test_safeguards import PROGRAM

FILES = 12
pytestmark = pytest.mark.xdist_group("cluster")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    """A cluster of two processes, for all tests: starting one takes seconds."""
    with local_cluster(2) as client:
        yield client


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Some files with a number each."""
    paths = [tmp_path / f"{place}.txt" for place in range(FILES)]
    for place, path in enumerate(paths):
        path.write_text(str(place))
    return [str(path) for path in paths]


def count_numbers(path: str, old: Program, new: Program) -> Counter[str]:
    """Count what stands in a file, under the releases it was given."""
    return Counter({"files": 1, "sum": int(Path(path).read_text()), f"{old.release} {new.release}": 1})


def count_and_die(once: str, path: str, old: Program, new: Program) -> Counter[str]:
    """Count, but kill the worker at the sixth file, the first time or every time."""
    if path.endswith("/5.txt"):
        try:
            Path(once).touch(exist_ok=False)
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return count_numbers(path, old, new)


def count_and_always_die(path: str, old: Program, new: Program) -> Counter[str]:
    """Kill every worker that counts the first file."""
    if path.endswith("/0.txt"):
        os.kill(os.getpid(), signal.SIGKILL)
    return count_numbers(path, old, new)


def on_one_machine(files: list[str]) -> list[Counter[str]]:
    """Return what is counted without a cluster."""
    return [count_numbers(path, PROGRAM, PROGRAM) for path in files]


def in_order(found: Iterator[tuple[int, Counter[str]]]) -> list[Counter[str]]:
    """Return what was counted, file by file."""
    by_place = dict(found)
    return [by_place[place] for place in sorted(by_place)]


def address_of(client: Client) -> str:
    """Return where the scheduler of a cluster listens."""
    return str(client.scheduler_info(n_workers=0)["address"])


def test_a_cluster_counts_what_one_machine_counts(cluster: Client, files: list[str]) -> None:
    counting = ClusterCount(cluster, PROGRAM, PROGRAM, count_numbers)

    assert in_order(counting.run(files)) == on_one_machine(files)


def test_a_worker_killed_in_the_middle_changes_no_figure(cluster: Client, files: list[str], tmp_path: Path) -> None:
    """It dies with a file in hand; another counts that file, and unpacks the releases again if they were lost."""
    once = tmp_path / "killed"
    counting = ClusterCount(cluster, PROGRAM, PROGRAM, partial(count_and_die, str(once)))

    found = in_order(counting.run(files))

    assert once.exists()
    assert found == on_one_machine(files)


def test_a_worker_killed_from_outside_changes_no_figure(cluster: Client, files: list[str]) -> None:
    """Whatever it had counted and not yet handed over is counted again."""
    workers = cluster.run(os.getpid)
    counting = ClusterCount(cluster, PROGRAM, PROGRAM, count_numbers).run(files)
    first = next(counting)

    os.kill(min(workers.values()), signal.SIGKILL)

    assert in_order(iter([first, *counting])) == on_one_machine(files)


def test_a_what_if_is_the_same_to_the_digit_when_a_worker_is_killed(cluster: Client, tmp_path: Path) -> None:
    """With what is counted for real: decisions in Parquet, under a draft of the release that decided."""
    population = Population(PROGRAM, seed=1)
    files = [str(write_population(population, 300, tmp_path / str(place))[0]) for place in range(3)]
    new = another_release(PROGRAM)
    counting = ClusterCount(cluster, PROGRAM, new, count_file).run(files)
    workers = cluster.run(os.getpid)
    found = dict([next(counting)])

    os.kill(max(workers.values()), signal.SIGKILL)
    found.update(counting)

    alone = [count_file(path, PROGRAM, new) for path in files]
    assert [found[place] for place in range(3)] == alone
    assert alone[0].replayed == 300
    assert alone[0].milder_in_all > 0


def test_a_fault_of_a_file_comes_back_as_it_is(cluster: Client, tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("no Parquet")

    with pytest.raises(TaxatieError, match="is no Parquet file"):
        list(ClusterCount(cluster, PROGRAM, PROGRAM, count_file).run([str(tmp_path / "text.parquet")]))


def test_a_file_that_kills_every_worker_is_named(cluster: Client, files: list[str]) -> None:
    counting = ClusterCount(cluster, PROGRAM, PROGRAM, count_and_always_die)

    with pytest.raises(TaxatieError, match=r"every worker that counted `.*0.txt` was lost"):
        list(counting.run(files[:1]))


def test_a_file_that_workers_do_not_see_is_named(cluster: Client, tmp_path: Path) -> None:
    counting = ClusterCount(cluster, PROGRAM, PROGRAM, count_numbers)

    with pytest.raises(TaxatieError, match=r"a worker cannot read `.*missing.txt`: no such file"):
        list(counting.run([str(tmp_path / "missing.txt")]))


def test_a_standing_scheduler_is_used_by_its_address(cluster: Client, files: list[str]) -> None:
    with standing_cluster(address_of(cluster)) as client:
        assert in_order(ClusterCount(client, PROGRAM, PROGRAM, count_numbers).run(files)) == on_one_machine(files)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "no such thing"])
def test_an_address_without_a_scheduler_is_named(address: str) -> None:
    with pytest.raises(TaxatieError, match=f"no scheduler answers at `{address}`"), standing_cluster(address, 1):
        pass


def test_a_cluster_without_workers_is_named() -> None:
    """Else the question would wait for ever."""
    with local_cluster(0) as empty:
        address = address_of(empty)

        with pytest.raises(TaxatieError, match=f"the cluster at `{address}` has no workers"):
            standing_cluster(address, 0.2).__enter__()
