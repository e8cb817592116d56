"""Check a rulesets folder: every release in it, with everything that is wrong."""

from datetime import date
from pathlib import Path

from taxatie.analysis.advice import advise_author
from taxatie.errors.codes import Code, severity_of
from taxatie.errors.diagnostics import Diagnostic, Diagnostics
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.loading import LoadedRelease
from taxatie.service.loose_files import check_loose_files
from taxatie.source import START, SourceText


def check_folder(root: Path, release: str | None, today: date) -> tuple[Diagnostics, tuple[str, ...]]:
    """Return all faults of the folder's releases and of the texts that no release names, and the releases' names."""
    folder = ReleaseFolder(root)
    names = folder.names() if release is None else (release,)
    diagnostics = Diagnostics()
    checked: set[str] = set()
    for name in names:
        if name not in folder.names():
            source = SourceText(f"releases/{name}.yaml", "")
            message = f"there is no release `{name}`"
            severity = severity_of(Code.MISSING_FILE)
            diagnostics.add(Diagnostic(source, START, Code.MISSING_FILE, severity, message, None))
            continue
        loaded = folder.load_with_faults(name)
        diagnostics.extend(loaded.diagnostics)
        checked.update(() if loaded.texts is None else (text.path for text in loaded.texts.all))
        _advise(loaded, diagnostics, today)
    _check_dates(folder, diagnostics)
    if release is None:
        check_loose_files(root, checked, diagnostics)
    return diagnostics, names


def _advise(loaded: LoadedRelease, diagnostics: Diagnostics, today: date) -> None:
    """Add what does not stop a release, where it could be read at all."""
    if loaded.checked is not None and loaded.program is not None:
        advise_author(loaded.checked, loaded.program, today, diagnostics)


def _check_dates(folder: ReleaseFolder, diagnostics: Diagnostics) -> None:
    """Two releases that begin on one date are an error: nobody could tell which is in force."""
    first: dict[date, str] = {}
    for entry in folder.entries():
        earlier = first.setdefault(entry.in_force_from, entry.name)
        if earlier != entry.name:
            source = SourceText(f"releases/{entry.name}.yaml", "")
            message = f"`{entry.name}` and `{earlier}` are both in force from {entry.in_force_from}"
            severity = severity_of(Code.SAME_DATE)
            hint = "change one of the dates"
            diagnostics.add(Diagnostic(source, START, Code.SAME_DATE, severity, message, hint))
