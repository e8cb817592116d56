"""`taxatie ask`: an interview in the terminal that asks what matters most, and saves the case."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.options import ReleaseOption, RulesetsOption, rulesets_folder
from taxatie.cli.output import FAULTS, examples, say, stop
from taxatie.terms.case import Mode
from taxatie.terms.text import Language

if TYPE_CHECKING:
    from taxatie.cli.interviewing import Conversation

NAME = "ask"
EXAMPLES = examples(
    "taxatie ask",
    "taxatie ask --language en --mode advice case.yaml",
    "taxatie ask --resume case.yaml --force",
    "taxatie ask case.yaml < answers.txt",
)
_INTERRUPTED = 130
"""What shells say of a program that was stopped by Ctrl-C."""

FileArgument = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="Where to save the case; by default `<reference>.yaml` here.")
]
ResumeOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Go on with this case; saved in it with --force, or in FILE.")
]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="The reference time, with its offset; by default now.")
]


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    file: FileArgument = None,
    resume: ResumeOption = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,  # noqa: FBT002
    mode: Annotated[Mode | None, typer.Option(help="A report (the default), or a question for advice.")] = None,
    region: Annotated[str | None, typer.Option(metavar="ID", help="The region, for its deadlines.")] = None,
    at: AtOption = None,
    rulesets: RulesetsOption = None,
    release: ReleaseOption = None,
    language: Annotated[Language, typer.Option(help="The language of the interview.")] = Language.NL,
) -> None:
    """Ask about a case, the most telling question first, and save it.

    After each answer the level and its ceiling are shown. Type ? for help, and never a name: only answers that
    the vocabulary knows are taken, and persons get an id. At the end, and at the end of the input, the outcome
    is printed and the case is saved; Ctrl-C leaves without saving.
    """
    from taxatie.cli.interview_start import Start, start_conversation  # heavy, so imported when needed

    if resume is not None and (mode is not None or region is not None or at is not None):
        stop("a case that is resumed has its mode, region and time already", hint="leave out --mode, --region and --at")
    start = Start(rulesets_folder(rulesets), release, language)
    plain = start.read(resume) if resume is not None else _new(mode, region, at)
    path = file or resume or Path(f"{plain['case']}.yaml")
    if path.exists() and not force:
        stop(f"`{path}` is there already", hint="name another file to save in, or write over it with --force")
    if not path.absolute().parent.is_dir():
        stop(f"`{path.parent}` is no folder", hint="name a file in a folder that is there")
    conversation = start_conversation(start, plain, path, is_forced=force)
    _hold(conversation, resume)


def _new(mode: Mode | None, region: str | None, at: str | None) -> dict[str, object]:
    """Return a case in which nothing was said yet, under a reference that tells nothing."""
    from taxatie.engine.deadlines import in_amsterdam
    from taxatie.wiring import SystemClock

    moment: datetime = in_amsterdam(SystemClock().now()).replace(microsecond=0)
    plain: dict[str, object] = {"case": f"ask-{secrets.token_hex(4)}", "reference_time": at or moment.isoformat()}
    plain["mode"] = (mode or Mode.REPORT).value
    if region is not None:
        plain["region"] = region
    return plain


def _hold(conversation: "Conversation", resume: Path | None) -> None:
    """Hold the conversation; who breaks it off is told what was saved and what was not."""
    phrases, file = conversation.phrases, conversation.file
    if resume is not None:
        said = phrases.resumed.format(file=resume, moment=conversation.interview.case.reference_time.isoformat())
        say(said, is_aside=True)
    say(phrases.welcome, is_aside=True)
    try:
        is_saved = conversation.hold()
    except KeyboardInterrupt:
        sentence = phrases.stopped_after_saving if file.is_written else phrases.stopped
        say("\n" + sentence.format(file=file.path), is_aside=True)
        if resume is not None and not (file.is_written and file.path == resume):
            say(phrases.unchanged.format(file=resume), is_aside=True)
        raise typer.Exit(_INTERRUPTED) from None
    if not is_saved:
        raise typer.Exit(FAULTS)
