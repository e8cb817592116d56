"""From a working release to a published one: nothing missing is let through, and nothing published can change."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from taxatie.cli.app import app
from taxatie.errors.problem import ReleaseFaults
from taxatie.registry.approvals import approval_path, read_approval, write_approval
from taxatie.registry.folder import ReleaseFolder
from taxatie.registry.lock import LOCK_NAME, read_lock, sha256_of
from tests.rules.base_release import base_files

ROLES = ("policy-owner", "second-reader")
DAY = "2026-01-02"
SCENARIO = """\
case: strangled
reference_time: 2026-03-02T10:00:00+01:00
persons:
  - {id: adult-1, subject: adult, answers: {strangled: yes}}
expect: {level: urgent, fires: [GV-01]}
"""
WEIGHT, WEIGHT_OR_BABY = (
    "{weight: {at_least: 2}}",
    "{any: [{weight: {at_least: 2}}, {some: child, holds: {age: {less_than: 1}}}]}",
)
UNUSED = re.compile(r"^  - id: wets_the_bed\n.*?(?=^event_kinds)|^event_kinds: .*?\n", re.MULTILINE | re.DOTALL)


def call(*words: str) -> tuple[int, str]:
    """Return the exit code and everything that a command says."""
    found = CliRunner().invoke(app, words)
    return found.exit_code, found.output


class Desk:
    """A rulesets folder with a draft, its scenarios, and the private keys of its roles."""

    def __init__(self, root: Path) -> None:
        self.rulesets, self.scenarios, self.keys = root / "rulesets", root / "scenarios", root / "keys"
        for path, text in base_files().items():
            target = self.rulesets / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(UNUSED.sub("", text).replace(WEIGHT, WEIGHT_OR_BABY), encoding="utf-8")
        self.scenarios.mkdir()
        self.keys.mkdir()
        (self.scenarios / "strangled.yaml").write_text(SCENARIO, encoding="utf-8")

    def new_key(self, role: str, name: str | None = None) -> tuple[int, str]:
        """Make a key for a role."""
        key = self.keys / f"{name or role}.pem"
        return call("keys", "--role", role, "--private", str(key), "--rulesets", str(self.rulesets))

    def approve(self, role: str, name: str | None = None) -> tuple[int, str]:
        """Approve with the key of that name."""
        key = self.keys / f"{name or role}.pem"
        return call("approve", "example", "--role", role, "--key", str(key), "--rulesets", str(self.rulesets))

    def publish(self, *more: str) -> tuple[int, str]:
        """Publish what is there."""
        rest = ("--rulesets", str(self.rulesets), "--today", DAY, *more)
        return call("publish", "example", str(self.scenarios), *rest)

    def published(self) -> "Desk":
        """Publish as it should be done."""
        for role in ROLES:
            self.new_key(role)
            self.approve(role)
        code, said = self.publish()
        assert code == 0, said
        return self

    def edit(self, path: str) -> None:
        """Add a word to a file."""
        file = self.rulesets / path
        file.write_text(file.read_text(encoding="utf-8") + "# a word\n", encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def faults(desk: Desk) -> list[tuple[str, str]]:
    """Return the faults for which a published release is not loaded, with the file of each."""
    try:
        ReleaseFolder(desk.rulesets).load("example")
    except ReleaseFaults as error:
        return [(each.code, each.source.name) for each in error.diagnostics.errors]
    return []


def test_two_approvals_make_a_version(desk: Desk) -> None:
    desk.published()

    assert faults(desk) == []
    assert not ReleaseFolder(desk.rulesets).load("example").is_draft
    assert "published" in call("releases", "--rulesets", str(desk.rulesets))[1]
    locked = read_lock((desk.rulesets / LOCK_NAME).read_text(encoding="utf-8"))[0]
    assert locked == {
        path: sha256_of((desk.rulesets / path).read_bytes())
        for path in (*base_files(), *(approval_path("example", role) for role in ROLES), "reports/example.json")
    }


def test_it_says_that_safeguards_are_not_proved(desk: Desk) -> None:
    for role in ROLES:
        desk.new_key(role)
        desk.approve(role)

    code, said = desk.publish("--dry-run")

    assert code == 0
    assert "safeguards searched, not proved" in said
    assert not (desk.rulesets / LOCK_NAME).exists()


def test_everything_that_stands_against_it_is_said_at_once(desk: Desk) -> None:
    (desk.scenarios / "strangled.yaml").write_text(SCENARIO.replace("level: urgent", "level: advise"))
    path = desk.rulesets / "danger" / "1.0.0.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("review_by: ", "review_by: 2020-01-01 # "))

    code, said = desk.publish()

    assert code == 1
    for objection in (
        "warnings",
        "1 of 1 scenarios are not as expected: strangled.yaml",
        *(f"`{role}` has not approved it" for role in ROLES),
    ):
        assert objection in said
    assert not (desk.rulesets / LOCK_NAME).exists()
    assert not (desk.rulesets / "reports").exists()


def test_without_scenarios_nothing_holds_it(desk: Desk) -> None:
    (desk.scenarios / "strangled.yaml").unlink()

    assert "no scenario holds this release" in desk.publish()[1]


def test_one_key_never_fills_two_roles(desk: Desk) -> None:
    """Registered for both, it is registered for neither."""
    desk.new_key(ROLES[0])
    keys = desk.rulesets / "keys.yaml"
    line = keys.read_text(encoding="utf-8").splitlines()[-1]
    keys.write_text(keys.read_text(encoding="utf-8") + line.replace(ROLES[0], ROLES[1]) + "\n", encoding="utf-8")

    for role in ROLES:
        code, said = desk.approve(role, ROLES[0])
        assert code == 1
        assert "not registered" in said


def test_a_key_signs_for_its_own_role_only(desk: Desk) -> None:
    desk.new_key(ROLES[0])

    code, said = desk.approve(ROLES[1], ROLES[0])

    assert code == 1
    assert "not registered" in said


def test_a_role_that_is_not_asked_cannot_approve(desk: Desk) -> None:
    desk.new_key("neighbour")

    assert "asks for no approval" in desk.approve("neighbour")[1]


def test_what_is_no_key_is_refused(desk: Desk) -> None:
    (desk.keys / f"{ROLES[0]}.pem").write_text("no key")

    assert "no Ed25519 private key" in desk.approve(ROLES[0])[1]


def test_a_change_after_the_approval_makes_it_void(desk: Desk) -> None:
    for role in ROLES:
        desk.new_key(role)
        desk.approve(role)
    desk.edit("danger/1.0.0.yaml")

    said = desk.publish()[1]

    assert said.count("approved other texts") == len(ROLES)


def test_an_approval_that_is_not_genuine_is_refused(desk: Desk) -> None:
    for role in ROLES:
        desk.new_key(role)
        desk.approve(role)
    file = desk.rulesets / approval_path("example", ROLES[0])
    file.write_text(file.read_text(encoding="utf-8").replace(ROLES[0], ROLES[1]), encoding="utf-8")

    assert f"the approval of `{ROLES[0]}` is not signed" in desk.publish()[1]


def test_a_key_that_was_taken_off_the_list_no_longer_counts(desk: Desk) -> None:
    for role in ROLES:
        desk.new_key(role)
        desk.approve(role)
    (desk.rulesets / "keys.yaml").write_text("keys: []\n")

    assert desk.publish()[1].count("is not registered") == len(ROLES)


def test_what_is_published_is_not_published_again(desk: Desk) -> None:
    code, said = desk.published().publish()

    assert code == 1
    assert "published already" in said
    assert "is not published" not in said


def test_a_private_key_stays_out_of_the_rulesets(desk: Desk) -> None:
    inside = str(desk.rulesets / "mine.pem")

    code, said = call("keys", "--role", ROLES[0], "--private", inside, "--rulesets", str(desk.rulesets))

    assert code == 2
    assert "elsewhere" in said


def test_a_private_key_can_be_read_by_its_owner_only(desk: Desk) -> None:
    desk.new_key(ROLES[0])

    assert (desk.keys / f"{ROLES[0]}.pem").stat().st_mode & 0o077 == 0
    assert desk.new_key(ROLES[0])[0] != 0  # it is never written over


def test_a_broken_list_of_keys_is_not_written_over(desk: Desk) -> None:
    (desk.rulesets / "keys.yaml").write_text("keys: nothing\n")

    assert desk.new_key(ROLES[0])[0] == 2


def test_a_gone_attachment_is_named(desk: Desk) -> None:
    desk.published()
    (desk.rulesets / "reports" / "example.json").unlink()

    assert faults(desk) == [("TX501", "reports/example.json")]


def test_an_approval_of_other_texts_is_named_even_if_the_lock_agrees(desk: Desk) -> None:
    """Who can write the lock still cannot sign."""
    desk.published()
    path = approval_path("example", ROLES[0])
    approval = read_approval(path, (desk.rulesets / path).read_bytes())
    assert approval is not None
    forged = write_approval(type(approval)("example", "0" * 64, ROLES[0], approval.public, approval.signature))
    (desk.rulesets / path).write_text(forged, encoding="utf-8")
    lock = desk.rulesets / LOCK_NAME
    digests = read_lock(lock.read_text(encoding="utf-8"))[0]
    lock.write_text(lock.read_text(encoding="utf-8").replace(digests[path], sha256_of(forged.encode())))

    assert faults(desk) == [("TX505", path)]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_of_a_published_file_is_refused(data: st.DataObject, tmp_path_factory: object) -> None:
    assert isinstance(tmp_path_factory, pytest.TempPathFactory)
    desk = _published_once(tmp_path_factory)
    locked = sorted(read_lock((desk.rulesets / LOCK_NAME).read_text(encoding="utf-8"))[0])
    file = desk.rulesets / data.draw(st.sampled_from(locked))
    before = file.read_bytes()
    place = data.draw(st.integers(0, len(before) - 1))
    changed = bytearray(before)
    changed[place] ^= data.draw(st.integers(1, 255))
    file.write_bytes(bytes(changed))
    try:
        assert faults(desk) != []
    finally:
        file.write_bytes(before)


_PUBLISHED: list[Desk] = []


def _published_once(factory: pytest.TempPathFactory) -> Desk:
    if not _PUBLISHED:
        _PUBLISHED.append(Desk(factory.mktemp("published")).published())
    return _PUBLISHED[0]


def test_a_draft_beside_what_is_published_stays_a_draft_and_is_not_in_force(desk: Desk) -> None:
    desk.published()
    text = base_files()["releases/example.yaml"].replace("release: example", "release: later")
    later = text.replace("in_force_from: 2026-01-01", "in_force_from: 2026-02-01")
    (desk.rulesets / "releases" / "later.yaml").write_text(later, encoding="utf-8")

    said = call("releases", "--rulesets", str(desk.rulesets))[1].splitlines()

    assert [line.split("\t")[2] for line in said] == ["published", "draft"]
