"""New releases take the place of old ones all at once, and bad ones never."""

import asyncio
import gc
import shutil
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taxatie.errors.problem import NotAssessedError
from taxatie.service.live_releases import LiveReleases
from taxatie.service.reload import Reloader, set_apart
from tests.replay.recording import NOW, SMALL, At

RULES = "kitchen-table/1.0.0.yaml"
LATER = datetime(2031, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "rulesets"))


@pytest.fixture
def releases(folder: Path) -> LiveReleases:
    """Return the releases of the folder, loaded."""
    live = LiveReleases(folder, folder, allows_drafts=True)
    live.load(NOW)
    return live


def change(folder: Path, path: str, old: str, new: str) -> None:
    """Exchange words of a file."""
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")


def test_what_changes_on_the_disk_changes_nothing_until_it_is_read_anew(folder: Path, releases: LiveReleases) -> None:
    """No call may see one file as it was and another as it is."""
    before = releases.in_force(NOW)
    change(folder, RULES, "level: urgent", "level: immediate")
    shutil.rmtree(folder / "vocabulary")

    assert releases.in_force(NOW) is before
    assert releases.in_force(LATER) is before


def test_a_new_text_is_taken_together_with_its_release(folder: Path, releases: LiveReleases) -> None:
    before = releases.in_force(NOW)
    change(folder, RULES, "level: urgent", "level: immediate")

    reloaded = releases.reload(NOW)

    assert reloaded.is_taken
    assert reloaded.digest != before.program.digest
    assert releases.in_force(NOW).program.digest == reloaded.digest


def test_who_holds_a_release_keeps_it(folder: Path, releases: LiveReleases) -> None:
    """A call under way ends as it began."""
    held = releases.in_force(NOW)
    digest = held.program.digest
    change(folder, RULES, "level: urgent", "level: immediate")
    releases.reload(NOW)

    assert held.program.digest == digest != releases.in_force(NOW).program.digest


def test_what_did_not_change_is_not_made_again(folder: Path, releases: LiveReleases) -> None:
    """A second release does not cost the first one its engine."""
    before = releases.in_force(NOW)
    text = (folder / "releases/one.yaml").read_text(encoding="utf-8")
    later = text.replace("release: one", "release: two").replace("2026-01-01", "2030-01-01")
    (folder / "releases/two.yaml").write_text(later, encoding="utf-8")

    reloaded = releases.reload(NOW)

    assert reloaded.faults == ()
    assert reloaded.releases == ("one", "two")
    assert releases.in_force(NOW) is before


Spoil = Callable[[Path], object]
SPOILS: dict[str, Spoil] = {
    "a rule that no release would read": lambda folder: change(folder, RULES, "when: strangulation", "when: strangled"),
    "a file that breaks off": lambda folder: (folder / RULES).write_text("rules: [", encoding="utf-8"),
    "a file that is gone": lambda folder: (folder / RULES).unlink(),
    "a file that is no text": lambda folder: (folder / RULES).write_bytes(b"\xff\x00" * 40),
    "a file that is too large": lambda folder: (folder / RULES).write_bytes(b"#" * 3_000_000),
    "a lock that is no lock": lambda folder: (folder / "rulesets.lock").write_text("nonsense\n", encoding="utf-8"),
    "no release at all": lambda folder: (folder / "releases/one.yaml").unlink(),
    "a release that nobody can read": lambda folder: (folder / "releases/two.yaml").write_text("}", encoding="utf-8"),
    "the whole folder gone": shutil.rmtree,
}


@pytest.mark.parametrize("name", SPOILS)
def test_a_bad_folder_is_refused_and_the_last_good_releases_stay(
    folder: Path, releases: LiveReleases, name: str
) -> None:
    before = releases.in_force(NOW)
    SPOILS[name](folder)

    reloaded = releases.reload(NOW)

    assert not reloaded.is_taken
    assert reloaded.faults
    assert (reloaded.in_force, reloaded.digest) == ("one", before.program.digest)
    assert releases.in_force(NOW) is before


def test_a_fault_is_told_with_its_place(folder: Path, releases: LiveReleases) -> None:
    SPOILS["a rule that no release would read"](folder)

    (fault,) = releases.reload(NOW).faults

    assert fault.startswith("kitchen-table/1.0.0.yaml:19:11:")
    assert "TX301" in fault


def test_once_mended_the_folder_is_taken(folder: Path, releases: LiveReleases) -> None:
    SPOILS["a file that breaks off"](folder)
    assert not releases.reload(NOW).is_taken

    shutil.copy(SMALL / RULES, folder / RULES)

    assert releases.reload(NOW).is_taken


def test_without_a_good_release_nothing_is_served(folder: Path) -> None:
    """At the start there is no last good one."""
    SPOILS["a file that breaks off"](folder)

    with pytest.raises(NotAssessedError):
        LiveReleases(folder, folder, allows_drafts=True).load(NOW)


@dataclass
class Notes:
    """Keeps what happened."""

    told: list[str] = field(default_factory=list)

    def note(self, event: str, **_: object) -> None:
        """Keep it."""
        self.told.append(event)

    def fail(self, event: str, **_: object) -> None:
        """Keep it."""
        self.told.append(event)


def test_each_reading_is_told(folder: Path, releases: LiveReleases) -> None:
    notes = Notes()
    reloader = Reloader(releases, At(), notes)

    async def run() -> None:
        await reloader.reload()
        SPOILS["a file that breaks off"](folder)
        await asyncio.gather(reloader.reload(), reloader.reload())

    asyncio.run(run())

    assert notes.told == ["releases_taken", "releases_refused", "releases_refused"]


def test_an_exchanged_release_is_let_go_though_the_collector_passes_over_it(
    folder: Path, releases: LiveReleases
) -> None:
    """What lives long is set apart; a thousand exchanges must not leave a thousand releases."""
    reloader = Reloader(releases, At(), Notes())
    set_apart()
    try:
        earlier = weakref.ref(releases.in_force(NOW).engine)
        change(folder, RULES, "level: urgent", "level: immediate")

        assert asyncio.run(reloader.reload()).is_taken
        assert gc.get_freeze_count() > 0
        assert earlier() is None
    finally:
        gc.unfreeze()
