"""`taxatie calendar`: the general holidays, as the law names them."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from taxatie.cli.calendar_command import calendar_text, general_holidays
from tests.cli.conftest import DATA, Taxatie

ROOT = Path(__file__).resolve().parents[2]


def easter(year: int) -> date:
    """Return Easter Sunday by the rule of Meeus, which owes nothing to a library."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


@pytest.mark.parametrize("year", range(2014, 2060))
def test_the_holidays_are_those_of_the_law(year: int) -> None:
    """Algemene termijnenwet, art. 3, and the Sundays that people expect in a list of holidays."""
    king = date(year, 4, 27)
    expected = {
        date(year, 1, 1), date(year, 5, 5), date(year, 12, 25), date(year, 12, 26),
        king - timedelta(days=king.isoweekday() == 7),
        *(easter(year) + timedelta(days=days) for days in (-2, 0, 1, 39, 49, 50)),
    }  # fmt: skip

    assert {day for day, _ in general_holidays(year, year)} == expected


def test_a_holiday_that_falls_together_with_another_is_named_as_well() -> None:
    """In 2016 Ascension Day was Liberation Day."""
    assert [name for day, name in general_holidays(2016, 2016) if day == date(2016, 5, 5)] == [
        "Ascension Day",
        "Liberation Day",
    ]


def test_the_shipped_calendar_is_what_the_command_writes() -> None:
    shipped = ROOT / "rulesets" / "calendar" / "1.0.0.yaml"

    assert shipped.read_text(encoding="utf-8") == calendar_text("1.0.0", 2020, 2035)


def test_a_calendar_goes_to_a_file_or_to_the_standard_output(taxatie: Taxatie, tmp_path: Path) -> None:
    file = tmp_path / "calendar" / "1.2.0.yaml"
    options = ("--from", "2026", "--to", "2027", "--version", "1.2.0")

    printed = taxatie("calendar", *options)
    written = taxatie("calendar", *options, "--output", file)

    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert file.read_text(encoding="utf-8") == printed.stdout
    assert "\ncalendar: 1.2.0\nfirst_year: 2026\nlast_year: 2027\nholidays:\n" in printed.stdout


def test_a_calendar_is_in_canonical_form_and_can_be_loaded(taxatie: Taxatie) -> None:
    assert taxatie("format", "--check", DATA / "small" / "calendar" / "1.0.0.yaml").exit_code == 0
    assert taxatie("assess", "--rulesets", DATA / "small", DATA / "cases" / "heard.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--from", "2027", "--to", "2026"), "the last year 2026 lies before the first 2027"),
        (("--version", "1.0"), "`1.0` is no version"),
        (("--from", "1800"), "greater than or equal to 1990"),
    ],
)
def test_years_and_versions_must_make_sense(taxatie: Taxatie, options: tuple[str, ...], message: str) -> None:
    outcome = taxatie("calendar", *options)

    assert outcome.exit_code == 2
    assert message in outcome.stderr
