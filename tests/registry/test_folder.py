"""Which release judges a case is never a matter of chance, and never an older one instead."""

from datetime import datetime
from pathlib import Path

import pytest

from taxatie.errors.problem import NotAssessedError, ReleaseFaults
from taxatie.registry.folder import ReleaseFolder
from taxatie.registry.lock import read_lock, write_lock
from tests.rules.base_release import base_files
from tests.strategies.published import publish_all


def a_folder(root: Path, **releases: tuple[str, str | None]) -> ReleaseFolder:
    """Return a folder with releases that begin, and perhaps end, on these dates."""
    files = base_files()
    template = files.pop("releases/example.yaml")
    for name, (first, last) in releases.items():
        dates = f"in_force_from: {first}\n" + (f"in_force_until: {last}\n" if last else "")
        text = template.replace("release: example", f"release: {name}")
        files[f"releases/{name}.yaml"] = text.replace("in_force_from: 2026-01-01\n", dates)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return ReleaseFolder(root)


def at(text: str) -> datetime:
    """Return a moment."""
    return datetime.fromisoformat(text)


def test_the_latest_that_has_begun_is_in_force_by_amsterdams_date(tmp_path: Path) -> None:
    """At half past eleven at night in London it is the next day in Amsterdam."""
    folder = a_folder(tmp_path, old=("2026-01-01", None), new=("2026-07-01", None))

    assert folder.in_force(at("2026-06-30T22:30:00+00:00")) == "new"
    assert folder.in_force(at("2026-06-30T21:30:00+00:00")) == "old"


def test_an_older_release_never_takes_the_place_of_one_that_ended(tmp_path: Path) -> None:
    """Nobody decided that it should."""
    folder = a_folder(tmp_path, old=("2026-01-01", None), new=("2026-07-01", "2026-07-31"))

    assert folder.in_force(at("2026-07-31T12:00:00+02:00")) == "new"
    with pytest.raises(NotAssessedError, match="treat as urgent"):
        folder.in_force(at("2026-08-01T12:00:00+02:00"))


def test_before_the_first_release_there_is_no_assessment(tmp_path: Path) -> None:
    """There is no rule to judge by."""
    folder = a_folder(tmp_path, first=("2026-01-01", None))

    with pytest.raises(NotAssessedError, match="no release is in force on 2025-12-31"):
        folder.in_force(at("2025-12-31T12:00:00+01:00"))


def test_two_releases_of_one_date_are_refused(tmp_path: Path) -> None:
    """Chance must not choose."""
    folder = a_folder(tmp_path, one=("2026-01-01", None), two=("2026-01-01", None))

    with pytest.raises(NotAssessedError, match="begin on one date"):
        folder.in_force(at("2026-02-01T12:00:00+01:00"))


def test_a_release_with_errors_cannot_be_loaded_and_says_all_of_them(tmp_path: Path) -> None:
    """A broken release answers that nothing was assessed, never something mild."""
    folder = a_folder(tmp_path, first=("2026-01-01", None))
    ruleset = tmp_path / "danger" / "1.0.0.yaml"
    ruleset.write_text(ruleset.read_text(encoding="utf-8").replace("when: strangled\n", "when: x\n"), encoding="utf-8")

    with pytest.raises(ReleaseFaults, match="treat as urgent") as caught:
        folder.load("first")

    assert [each.code for each in caught.value.diagnostics.errors] == ["TX301"]


def test_a_draft_beside_published_releases_is_not_in_force(tmp_path: Path) -> None:
    """It may be named, and then every answer says that it is a draft."""
    a_folder(tmp_path, old=("2026-01-01", None), new=("2026-07-01", None))
    publish_all(tmp_path, drafts=["new"])
    folder = ReleaseFolder(tmp_path)

    assert folder.in_force(at("2026-08-01T12:00:00+02:00")) == "old"
    assert folder.load("new").is_draft
    assert not folder.load("old").is_draft


def test_the_digest_covers_every_file_that_the_release_names(tmp_path: Path) -> None:
    """A change of a region's term is another release, though no level changes."""
    before = a_folder(tmp_path, first=("2026-01-01", None)).load("first").digest
    region = tmp_path / "regions" / "noord" / "1.0.0.yaml"
    region.write_text(region.read_text(encoding="utf-8").replace("8 hours", "9 hours"), encoding="utf-8")

    assert ReleaseFolder(tmp_path).load("first").digest != before


def test_a_lock_reads_back_what_was_written() -> None:
    """Its form is that of `sha256sum`, so that others can verify it."""
    digests = {"b/1.yaml": "a" * 64, "a/1.yaml": "b" * 64}

    assert read_lock(write_lock(digests)) == (digests, ())
