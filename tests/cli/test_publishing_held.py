"""Ways around the two roles, and around the release in force: each is refused."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import Result

from taxatie.errors.problem import NotAssessedError
from taxatie.registry.approvals import read_approval
from taxatie.registry.folder import ReleaseFolder
from taxatie.registry.lock import read_lock, sha256_of, write_lock
from taxatie.signing import key_id_of, new_private_key, public_key_of
from tests.cli.conftest import DATA, Taxatie

ROLES = ("policy-owner", "second-reader")
TODAY = "2026-06-01"


def key_of(folder: Path, role: str) -> Path:
    """Return where the private key of a role lies: beside the rulesets, never among them."""
    return folder.parent / f"{role}.pem"


@pytest.fixture
def registered(taxatie: Taxatie, folder: Path) -> Path:
    """Return a folder of drafts in which each role has a key."""
    for role in ROLES:
        outcome = taxatie("keys", "--role", role, "--private", key_of(folder, role), "--rulesets", folder)
        assert outcome.exit_code == 0, outcome.output
    return folder


def approved(taxatie: Taxatie, folder: Path, release: str = "one") -> Path:
    """Return the folder in which both roles approved a release."""
    for role in ROLES:
        outcome = taxatie("approve", release, "--role", role, "--key", key_of(folder, role), "--rulesets", folder)
        assert outcome.exit_code == 0, outcome.output
    return folder


def publishing(taxatie: Taxatie, folder: Path, release: str = "one", scenarios: Path = DATA / "cases") -> Result:
    """Return what `taxatie publish` says."""
    return taxatie("publish", release, scenarios, "--rulesets", folder, "--today", TODAY)


@pytest.fixture
def published(taxatie: Taxatie, registered: Path) -> Path:
    """Return a folder with one published release."""
    outcome = publishing(taxatie, approved(taxatie, registered))
    assert outcome.exit_code == 0, outcome.output
    return registered


def everything(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, to see whether anything was written."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def relock(folder: Path) -> None:
    """Write into the lock what the files hold now, as somebody would who edits more than a text."""
    lock = folder / "rulesets.lock"
    paths = read_lock(lock.read_text(encoding="utf-8"))[0]
    lock.write_text(write_lock({path: sha256_of((folder / path).read_bytes()) for path in paths}), encoding="utf-8")


def edit(file: Path, old: str, new: str) -> None:
    """Change one place of a file."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1, (old, text)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def codes(folder: Path, release: str = "one") -> set[str]:
    """Return the codes of the errors that stop a release from loading."""
    return {each.code for each in ReleaseFolder(folder).load_with_faults(release).diagnostics.errors}


def test_from_a_draft_to_a_version(taxatie: Taxatie, registered: Path) -> None:
    """The way that policy staff go, from keys to a release that judges cases."""
    outcome = publishing(taxatie, approved(taxatie, registered))

    assert outcome.exit_code == 0, outcome.output
    assert "safeguards searched, not proved" in outcome.stdout
    lock = read_lock((registered / "rulesets.lock").read_text(encoding="utf-8"))[0]
    assert {path.split("/")[0] for path in lock} == {
        "approvals", "calendar", "kitchen-table", "regions", "releases", "reports", "vocabulary",
    }  # fmt: skip
    assert all(sha256_of((registered / path).read_bytes()) == digest for path, digest in lock.items())
    program = ReleaseFolder(registered).load("one")
    assert not program.is_draft
    report = json.loads((registered / "reports" / "one.json").read_text(encoding="utf-8"))
    assert report["release_digest"] == program.digest
    assert len(report["digest"]) == 64
    assert "\tpublished\t" in taxatie("releases", "--rulesets", registered).stdout


def test_a_published_folder_is_still_clean(taxatie: Taxatie, published: Path) -> None:
    """Keys and approvals are no texts of the language, and no fault of their authors."""
    outcome = taxatie("check", "--strict", "--rulesets", published)

    assert outcome.exit_code == 0, outcome.output


def test_a_private_key_is_for_its_owner_alone(registered: Path) -> None:
    for role in ROLES:
        assert key_of(registered, role).stat().st_mode & 0o777 == 0o600


def test_a_private_key_is_never_written_over(taxatie: Taxatie, registered: Path) -> None:
    """What was signed with it could not be signed again."""
    before = everything(registered.parent)

    again = taxatie("keys", "--role", ROLES[0], "--private", key_of(registered, ROLES[0]), "--rulesets", registered)

    assert again.exit_code != 0
    assert everything(registered.parent) == before


def test_a_key_is_for_a_role_and_never_for_a_person(taxatie: Taxatie, folder: Path, tmp_path: Path) -> None:
    outcome = taxatie("keys", "--role", "Jan Jansen", "--private", tmp_path / "x.pem", "--rulesets", folder)

    assert outcome.exit_code != 0
    assert not (tmp_path / "x.pem").exists()
    assert not (folder / "keys.yaml").exists()


def break_a_text(folder: Path) -> None:
    """Break a rule after the approvals, so that the release does not load."""
    edit(folder / "kitchen-table" / "1.0.0.yaml", "when: strangulation", "when: strangulaton")


def add_a_word(folder: Path) -> None:
    """Change a text after it was approved."""
    edit(folder / "kitchen-table" / "1.0.0.yaml", "Jong kind", "Klein kind")


def pass_the_review(folder: Path) -> None:
    """Let a date pass that only a strict check looks at."""
    edit(folder / "kitchen-table" / "1.0.0.yaml", "2099-12-31", "2020-12-31")


def drop_an_approval(folder: Path) -> None:
    """Take one approval away."""
    (folder / "approvals" / "one" / "second-reader.yaml").unlink()


def drop_the_keys(folder: Path) -> None:
    """Take the register of keys away."""
    (folder / "keys.yaml").unlink()


def swap_roles(folder: Path) -> None:
    """Let each role sign for the other."""
    edit(folder / "keys.yaml", "role: policy-owner", "role: x")
    edit(folder / "keys.yaml", "role: second-reader", "role: policy-owner")
    edit(folder / "keys.yaml", "role: x", "role: second-reader")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (break_a_text, "strangulaton"),
        (add_a_word, "approved other texts"),
        (pass_the_review, "TX409"),
        (drop_an_approval, "`second-reader` has not approved"),
        (drop_the_keys, "not registered"),
        (swap_roles, "not registered"),
    ],
)
def test_what_is_not_in_order_is_not_published(
    taxatie: Taxatie, registered: Path, spoil: Callable[[Path], None], says: str
) -> None:
    """The refusal names what is wrong, and nothing is written."""
    spoil(approved(taxatie, registered))
    before = everything(registered)

    outcome = publishing(taxatie, registered)

    assert outcome.exit_code == 1, outcome.output
    assert says in outcome.output
    assert everything(registered) == before


def test_everything_wrong_is_said_at_once(taxatie: Taxatie, registered: Path, tmp_path: Path) -> None:
    """One round, however much is to be mended."""
    approved(taxatie, registered)
    pass_the_review(registered)
    drop_an_approval(registered)
    scenarios = copytree(DATA / "cases", tmp_path / "scenarios")
    edit(scenarios / "heard.yaml", "  level: immediate", "  level: urgent")

    outcome = publishing(taxatie, registered, scenarios=scenarios)

    assert outcome.exit_code == 1
    for says in ("TX409", "has not approved", "approved other texts", "heard.yaml"):
        assert says in outcome.output, outcome.output
    assert not (registered / "rulesets.lock").exists()


def test_a_text_with_errors_does_not_hide_that_approvals_are_missing(taxatie: Taxatie, registered: Path) -> None:
    break_a_text(registered)

    outcome = publishing(taxatie, registered)

    assert "strangulaton" in outcome.output
    assert all(f"`{role}` has not approved" in outcome.output for role in ROLES), outcome.output


def test_without_a_scenario_nothing_is_published(taxatie: Taxatie, registered: Path, tmp_path: Path) -> None:
    """No scenario is no proof of anything."""
    (tmp_path / "none").mkdir()

    outcome = publishing(taxatie, approved(taxatie, registered), scenarios=tmp_path / "none")

    assert outcome.exit_code == 1
    assert "no scenario" in outcome.output


@pytest.mark.parametrize("is_respelt", [False, True], ids=["as it is", "spelt otherwise"])
def test_one_key_never_fills_two_roles(taxatie: Taxatie, folder: Path, is_respelt: bool) -> None:  # noqa: FBT001
    """The last letter of base64 has bits to spare: one key has several spellings, and is one key all the same."""
    private = new_private_key()
    first = public_key_of(private)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    second = first[:-2] + letters[letters.index(first[-2]) + 1] + "=" if is_respelt else first
    keys = "".join(
        f"  - {{role: {role}, public: {public}}}  # {key_id_of(public)}\n"
        for role, public in zip(ROLES, (first, second), strict=True)
    )
    (folder / "keys.yaml").write_text(f"keys:\n{keys}", encoding="utf-8")
    for role in ROLES:
        key_of(folder, role).write_bytes(private)

    outcomes = [
        taxatie("approve", "one", "--role", role, "--key", key_of(folder, role), "--rulesets", folder) for role in ROLES
    ]

    assert [outcome.exit_code for outcome in outcomes] == [1, 1]
    assert publishing(taxatie, folder).exit_code == 1


def test_a_key_of_another_role_approves_nothing(taxatie: Taxatie, registered: Path) -> None:
    key = key_of(registered, "second-reader")

    outcome = taxatie("approve", "one", "--role", "policy-owner", "--key", key, "--rulesets", registered)

    assert outcome.exit_code == 1
    assert "not registered for `policy-owner`" in outcome.output
    assert not (registered / "approvals").exists()


def test_publishing_again_is_refused(taxatie: Taxatie, published: Path) -> None:
    before = everything(published)

    outcome = publishing(taxatie, published)

    assert outcome.exit_code == 1
    assert "published already" in outcome.output
    assert everything(published) == before


def test_a_published_release_is_not_approved_again(taxatie: Taxatie, published: Path) -> None:
    """A second approval would be an edit of a published file."""
    before = everything(published)
    key = key_of(published, ROLES[0])

    outcome = taxatie("approve", "one", "--role", ROLES[0], "--key", key, "--rulesets", published)

    assert outcome.exit_code == 1
    assert everything(published) == before


def test_any_byte_of_an_approval_counts(taxatie: Taxatie, registered: Path) -> None:
    """Before it is published too: an approval that was touched is none."""
    file = approved(taxatie, registered) / "approvals" / "one" / "policy-owner.yaml"
    genuine = file.read_bytes()
    accepted = []
    said = read_approval(file.name, genuine)
    for place in range(len(genuine)):
        touched = genuine[:place] + bytes([genuine[place] ^ 1]) + genuine[place + 1 :]
        approval = read_approval(file.name, touched)
        if approval is not None and approval.is_genuine:
            accepted.append((place, approval == said))

    assert accepted == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_byte_of_a_published_file_counts(published: Path, data: st.DataObject) -> None:
    """Every decision names the version that made it; whatever changed, it does not load."""
    paths = sorted(read_lock((published / "rulesets.lock").read_text(encoding="utf-8"))[0])
    file = published / data.draw(st.sampled_from(paths), label="file")
    whole = file.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1), label="place")
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]), label="byte")

    file.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
    try:
        with pytest.raises(NotAssessedError):
            ReleaseFolder(published).load("one")
    finally:
        file.write_bytes(whole)


def test_a_published_file_that_is_gone_is_missed(published: Path) -> None:
    paths = sorted(read_lock((published / "rulesets.lock").read_text(encoding="utf-8"))[0])
    for path in paths:
        whole = (published / path).read_bytes()
        (published / path).unlink()

        with pytest.raises(NotAssessedError):
            ReleaseFolder(published).load("one")

        (published / path).write_bytes(whole)


def test_an_edit_of_text_and_lock_together_still_lacks_the_approvals(published: Path) -> None:
    """Who can write the folder can write the lock, but cannot sign."""
    add_a_word(published)
    relock(published)

    assert codes(published) == {"TX505"}


def test_a_published_release_without_its_approvals_does_not_load(published: Path) -> None:
    """Else leaving lines out of the lock would be a way around two roles."""
    lock = published / "rulesets.lock"
    kept = [line for line in lock.read_text(encoding="utf-8").splitlines() if "approvals/" not in line]
    lock.write_text("\n".join(kept) + "\n", encoding="utf-8")

    assert codes(published) == {"TX504"}


def test_an_approval_by_a_key_that_nobody_registered_does_not_load(published: Path) -> None:
    """A forger can make a key and sign with it, but it is nobody's."""
    edit(published / "keys.yaml", "role: second-reader", "role: third-reader")

    assert codes(published) == {"TX505"}


@pytest.fixture
def two(taxatie: Taxatie, published: Path) -> Path:
    """Return a folder with a second published release, which begins later."""
    text = (published / "releases" / "one.yaml").read_text(encoding="utf-8")
    later = text.replace("release: one", "release: two").replace("2026-01-01", "2026-03-02")
    (published / "releases" / "two.yaml").write_text(later, encoding="utf-8")
    outcome = publishing(taxatie, approved(taxatie, published, "two"), "two")
    assert outcome.exit_code == 0, outcome.output
    return published


def test_a_new_release_is_a_draft_until_it_is_published(taxatie: Taxatie, published: Path) -> None:
    text = (published / "releases" / "one.yaml").read_text(encoding="utf-8")
    later = text.replace("release: one", "release: two").replace("2026-01-01", "2026-03-02")
    (published / "releases" / "two.yaml").write_text(later, encoding="utf-8")

    standings = [line.split("\t")[2] for line in taxatie("releases", "--rulesets", published).stdout.splitlines()]

    assert standings == ["published", "draft"]
    assert ReleaseFolder(published).load("two").is_draft


@pytest.mark.parametrize("how", ["gone", "later", "out of the lock's sight"])
def test_a_spoiled_release_never_gives_way_to_an_older_one(two: Path, how: str) -> None:
    """Nobody decided that the older one should judge cases again."""
    moment = datetime.fromisoformat("2026-04-01T12:00:00+02:00")
    assert ReleaseFolder(two).in_force(moment) == "two"
    newest = two / "releases" / "two.yaml"
    if how == "gone":
        newest.unlink()
    elif how == "later":
        edit(newest, "2026-03-02", "2026-09-02")
    else:
        edit(two / "rulesets.lock", "releases/two.yaml", "releases/twp.yaml")

    with pytest.raises(NotAssessedError):
        ReleaseFolder(two).in_force(moment)
