"""`taxatie log check-proof`: whether evidence proves what it says, without the log."""

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.log_options import PublicKeyOption
from taxatie.cli.output import FAULTS, examples, say, stop

if TYPE_CHECKING:
    from taxatie.ledger.checkpoint import SignedCheckpoint
    from taxatie.ledger.evidence_check import Checked

NAME = "check-proof"
EXAMPLES = examples(
    "taxatie log check-proof evidence.json --public-key Z0q0…=",
    "taxatie log check-proof growth.json --public-key Z0q0…= --checkpoint kept-checkpoints",
)
_BYTES_MAX = 64_000_000
_PAYLOAD = {
    "here": "the payload is what was committed to when the line was written",
    "erased": "the payload was erased; the line proves that it was there",
    "left-out": "the payload was left out",
    "none": "the line never had a payload",
}


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The evidence.")],
    public_key: PublicKeyOption,
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Checkpoints that you kept: the one of the earlier size must be among them."),
    ] = None,
    show_payload: Annotated[bool, typer.Option("--payload", help="Print the payload, too.")] = False,  # noqa: FBT002
) -> None:
    """Check evidence offline, with the public key that you got elsewhere.

    The key that the evidence names itself counts for nothing. The exit code is 1 when it does not prove what it says.
    """
    from taxatie.ledger.evidence_check import check_evidence

    if file.stat().st_size > _BYTES_MAX:
        stop(f"`{file}` is larger than any evidence")
    data = file.read_bytes()
    checked = check_evidence(data, public_key)
    if checked.earlier is not None and checkpoint is not None:
        checked = check_evidence(data, public_key, _kept(checkpoint, checked.earlier[0]))
    for fault in checked.faults:
        say(f"taxatie: {fault}", is_aside=True)
    if not checked.is_sound:
        say("it proves nothing")
        raise typer.Exit(FAULTS)
    _say(checked)
    if show_payload and checked.payload is not None:
        say(json.dumps(json.loads(checked.payload), ensure_ascii=False, indent=2))


def _kept(file: Path, size: int) -> "SignedCheckpoint":
    """Return the checkpoint of a size that somebody kept."""
    from taxatie.ledger.checkpoint import BrokenCheckpointError
    from taxatie.ledger.checkpoint_file import CheckpointFile

    try:
        found = next((each for each in CheckpointFile(file).read() if each.checkpoint.size == size), None)
    except BrokenCheckpointError as error:
        stop(f"`{file}` holds no checkpoints: {error}")
    if found is None:
        stop(f"`{file}` holds no checkpoint of {size} lines", hint="prove the growth from a size that you kept")
    return found


def _say(checked: "Checked") -> None:
    assert checked.checkpoint is not None, "what is sound has one"
    checkpoint = checked.checkpoint
    say(f"origin      {checkpoint.origin}")
    say(f"log         {checkpoint.size} lines, root {base64.b64encode(checkpoint.root).decode('ascii')}")
    if checked.entry is None:
        assert checked.earlier is not None, "else it is about a line"
        size, root = checked.earlier
        say(f"earlier     {size} lines, root {base64.b64encode(bytes.fromhex(root)).decode('ascii')}")
        say("proved: the log grew from the earlier one, and nothing of that was changed")
        return
    entry = checked.entry
    say(f"line        {entry.place}: {entry.kind} {entry.id} of {entry.at}")
    say(f"payload     {_PAYLOAD[checked.payload_is or 'none']}")
    say("proved: the line is in the log, as it was written")
