"""`taxatie why`: what a fault means, and how to mend it."""

import pytest

from taxatie.errors.codes import Code
from tests.cli.conftest import Taxatie


@pytest.mark.parametrize("code", ["TX301", "tx301"])
def test_a_code_is_explained(taxatie: Taxatie, code: str) -> None:
    outcome = taxatie("why", code)

    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("# TX301 ")
    assert "```yaml" in outcome.stdout


def test_without_a_code_all_are_listed(taxatie: Taxatie) -> None:
    listed = taxatie("why").stdout.splitlines()

    assert [line.split()[0] for line in listed] == [str(code) for code in Code]
    assert listed[0].startswith("TX101  error    ")


def test_the_beginning_of_a_code_lists_its_kin(taxatie: Taxatie) -> None:
    listed = taxatie("why", "TX5").stdout.splitlines()

    assert listed
    assert all(line.startswith("TX5") for line in listed)


def test_what_is_no_code_is_a_fault_of_usage(taxatie: Taxatie) -> None:
    outcome = taxatie("why", "TX999")

    assert outcome.exit_code == 2
    assert outcome.stderr == "taxatie: `TX999` is no code of a fault\n  hint: `taxatie why` lists them all\n"
