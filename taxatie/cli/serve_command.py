"""`taxatie serve`: the service over gRPC."""

from pathlib import Path
from typing import Annotated

import typer

from taxatie.cli.options import (
    CheckpointCopyOption,
    LedgerDatabaseOption,
    LedgerFolderOption,
    LedgerKeyOption,
    RulesetsOption,
    rulesets_folder,
    shipped,
    state_folder,
)
from taxatie.cli.output import examples, stop

NAME = "serve"
EXAMPLES = examples(
    "taxatie serve",
    "taxatie serve --drafts --rulesets my-rulesets --port 50061",
    "taxatie serve --ledger-folder /srv/taxatie/ledger --checkpoint-copy /mnt/elsewhere/checkpoints",
    "taxatie serve --ledger-database postgresql://taxatie@db.example/taxatie?sslmode=verify-full --ledger-key key.pem",
    "taxatie serve --workers 4",
    "taxatie serve --host 0.0.0.0 --tls-certificate server.pem --tls-key server.key",
)


HostOption = Annotated[str, typer.Option(envvar="TAXATIE_HOST", help="Where to listen; without TLS loopback only.")]
PortOption = Annotated[int, typer.Option(envvar="TAXATIE_PORT", min=0, max=65535, help="The port; 0 takes a free one.")]
WorkersOption = Annotated[
    int,
    typer.Option(envvar="TAXATIE_WORKERS", min=1, max=64, help="Processes that serve on the one port: one a core."),
]
ScenariosOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="The scenarios; by default the shipped ones.")
]
DraftsOption = Annotated[
    bool, typer.Option("--drafts", envvar="TAXATIE_DRAFTS", help="Serve releases that are not published.")
]
CertificateOption = Annotated[
    Path | None, typer.Option(envvar="TAXATIE_TLS_CERTIFICATE", metavar="FILE", help="The certificate, PEM.")
]
KeyOption = Annotated[Path | None, typer.Option(envvar="TAXATIE_TLS_KEY", metavar="FILE", help="Its key, PEM.")]
ClientAuthorityOption = Annotated[
    Path | None,
    typer.Option(envvar="TAXATIE_TLS_CLIENT_AUTHORITY", metavar="FILE", help="Who vouches for callers, PEM."),
]
WatchOption = Annotated[
    bool,
    typer.Option("--watch/--no-watch", envvar="TAXATIE_WATCH", help="Take new releases as soon as the folder changes."),
]
LedgerOption = Annotated[
    str, typer.Option("--ledger", envvar="TAXATIE_LEDGER", help="`required`: no answer without a record. Or `off`.")
]
SecondEngineOption = Annotated[
    str,
    typer.Option(
        "--second-engine",
        envvar="TAXATIE_SECOND_ENGINE",
        help="The check by a second engine: `off`, `shadow` (after the answer), or `require` (before it).",
    ),
]


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    rulesets: RulesetsOption = None,
    scenarios: ScenariosOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 50051,
    workers: WorkersOption = 1,
    drafts: DraftsOption = False,  # noqa: FBT002  # an option that is given or not
    tls_certificate: CertificateOption = None,
    tls_key: KeyOption = None,
    tls_client_authority: ClientAuthorityOption = None,
    ledger: LedgerOption = "required",
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
    second_engine: SecondEngineOption = "shadow",
    watch: WatchOption = True,  # noqa: FBT002  # an option that is given or not
) -> None:
    """Serve assessments over gRPC.

    Serves until told to stop (SIGTERM, or Ctrl-C); calls under way are finished first. It writes one line of
    JSON a call to the standard error, with nothing of the case in it.

    Each decision is on record before it is answered: in the folder of `--ledger-folder`, which without one is
    `taxatie/ledger` among your state files (`~/.local/state`). Keep its checkpoints at a second place, too.
    Several replicas write one log in PostgreSQL: `--ledger-database`. Each has a folder of its own, for its
    checkpoints, and all sign with one `--ledger-key`.

    New releases are taken while calls go on: when the folder changes, on SIGHUP, or by `AdminService`. Releases with
    a fault are refused, and the last good ones stay; calls under way keep those with which they began.

    With several `--workers` a supervisor starts them, replaces one that dies or hangs, and passes on what it is told.
    Callers need several connections: each connection stays at one worker.

    Each decision is checked by a second engine that shares no code with the first. A disagreement is told as an
    error line `second_engine_disagrees`, and is put on record with what both found.
    """
    _serve(dict(locals()))  # the options are the settings, by name


def _serve(options: dict[str, object]) -> None:
    """Serve as the options say; what was left open is where it is by default."""
    from pydantic import ValidationError  # heavy, so imported when needed

    from taxatie.wiring import Settings, serve
    from taxatie.workers import serve_with_workers

    chosen, scenarios = options["rulesets"], options["scenarios"]
    assert chosen is None or isinstance(chosen, Path), chosen
    options |= {
        "rulesets": rulesets_folder(chosen),
        "scenarios": shipped("validation") if scenarios is None else scenarios,
        "ledger_folder": options["ledger_folder"] or state_folder(),
    }
    try:
        settings = Settings.model_validate(options)
    except ValidationError as error:
        stop("; ".join(detail["msg"].removeprefix("Value error, ") for detail in error.errors()))
    if settings.workers == 1:
        serve(settings)
    else:
        serve_with_workers(settings)
