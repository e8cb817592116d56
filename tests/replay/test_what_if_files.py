"""Several files are counted in order, the next decoded meanwhile, and by several threads at once: the same figures."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from taxatie.analysis.generated_cases import generated_cases
from taxatie.engine.columns_tabulate import slots_of
from taxatie.errors.problem import TaxatieError
from taxatie.replay.what_if import WhatIf, ahead, count_file, count_files
from taxatie.terms.names import Digest, SubjectId
from tests.content.test_safeguards import PROGRAM
from tests.replay.decision_files import decided, without_some_rules, write_file, write_groups

ADULT, CHILD = SubjectId("adult"), SubjectId("child")
NEW = without_some_rules(PROGRAM)
CASES = tuple(generated_cases(PROGRAM, 150, 7))
RECORDED = decided(PROGRAM, CASES)
SLOTS = slots_of(CASES)


def test_files_are_counted_in_their_order_while_the_next_is_decoded(tmp_path: Path) -> None:
    """Also such as are of another release, or hold nothing."""
    other = replace(PROGRAM, digest=Digest("other"))
    paths = [
        write_groups(tmp_path / "a.parquet", PROGRAM, [RECORDED[:70], RECORDED[70:90]], SLOTS),
        write_groups(tmp_path / "b.parquet", PROGRAM, [], SLOTS),
        write_file(tmp_path / "c.parquet", other, RECORDED[:9], SLOTS),
        write_file(tmp_path / "d.parquet", PROGRAM, RECORDED[90:], {ADULT: 1, CHILD: 1}),
    ]

    together = list(count_files(paths, PROGRAM, NEW))

    assert together == [count_file(path, PROGRAM, NEW) for path in paths]
    assert [each.decisions for each in together] == [90, 0, 9, len(RECORDED) - 90]


def test_a_file_that_cannot_be_read_ends_the_counting_where_it_stands(tmp_path: Path) -> None:
    path = write_file(tmp_path / "a.parquet", PROGRAM, RECORDED[:9], SLOTS)
    (tmp_path / "b.parquet").write_bytes(b"text")
    counting = count_files([path, tmp_path / "b.parquet", path], PROGRAM, NEW)

    assert next(counting).decisions == 9
    with pytest.raises(TaxatieError, match="is no Parquet file"):
        next(counting)


def test_whoever_takes_no_more_leaves_nothing_behind() -> None:
    made = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    taking = ahead(numbers())
    assert [next(taking), next(taking)] == [0, 1]
    taking.close()

    assert len(made) < 10
    assert list(ahead(iter(range(20)))) == list(range(20))


def test_several_threads_that_count_at_once_get_the_figures_of_one(tmp_path: Path) -> None:
    """As on a worker of a cluster that runs several: the releases share what is laid out for them."""
    path = write_groups(tmp_path / "all.parquet", PROGRAM, [RECORDED[:80], RECORDED[80:]], SLOTS)
    what_if = WhatIf(PROGRAM, NEW)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(what_if.count_file, [path] * 24))

    assert found == [count_file(path, PROGRAM, NEW)] * 24
    assert found[0].decisions == len(RECORDED)
