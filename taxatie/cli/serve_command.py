"""`taxatie serve`: the service over gRPC."""

from pathlib import Path
from typing import Annotated

import typer

from taxatie.cli.options import RulesetsOption, rulesets_folder
from taxatie.cli.output import examples, stop

NAME = "serve"
EXAMPLES = examples(
    "taxatie serve",
    "taxatie serve --drafts --rulesets my-rulesets --port 50061",
    "taxatie serve --host 0.0.0.0 --tls-certificate server.pem --tls-key server.key",
)


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    rulesets: RulesetsOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on; without TLS loopback only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 50051,
    drafts: Annotated[bool, typer.Option("--drafts", help="Serve releases that are not published.")] = False,  # noqa: FBT002
    tls_certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its key, PEM.")] = None,
) -> None:
    """Serve assessments over gRPC until it is asked to stop; what is under way is finished first."""
    if (tls_certificate is None) != (tls_key is None):
        stop("TLS needs a certificate and its key", hint="give both --tls-certificate and --tls-key")
    raise NotImplementedError((rulesets_folder(rulesets), host, port, drafts))
