"""A port that several processes may listen on, and nobody else."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from taxatie.errors.problem import TaxatieError

SHARING: Final = getattr(socket, "SO_REUSEPORT", None)
"""The option by which processes share a port; None where Python knows none."""


@contextmanager
def reserved_port(host: str, port: int, sharing: int | None = SHARING) -> Iterator[int]:
    """Hold a port within the block, for processes of this user that listen with SO_REUSEPORT; yield its number.

    The socket that holds it never listens, so that no connection waits at it. It takes the port alone before it lets
    others in: a second service would else share the port with the first one, and each would get half of the calls.
    While nobody listens yet a second one could still take it; so the name of a socket of Linux stands for the port.

    Raises:
        TaxatieError: When somebody else has the port, or processes cannot share one here.
    """
    family, _, _, _, address = _resolved(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as holding, socket.socket(socket.AF_UNIX) as name:
        # Connections of a service that has just ended do not keep the port; one that still listens does.
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holding.bind(address)
            if sys.platform == "linux":
                name.bind("\0taxatie {} {}".format(*holding.getsockname()))  # the kernel forgets it with this process
        except OSError as error:
            hint = "choose another port with --port"
            raise TaxatieError(f"cannot listen on {host}:{port}", hint=hint) from error
        _let_others_in(holding, sharing)
        yield int(holding.getsockname()[1])


def _resolved(host: str, port: int) -> tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]:
    try:
        return socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]  # type: ignore[return-value]  # of a stream an address
    except OSError as error:
        raise TaxatieError(f"there is no host `{host}`", hint="say where to listen with --host") from error


def _let_others_in(holding: socket.socket, sharing: int | None) -> None:
    message = "several workers cannot share a port here: this system has no SO_REUSEPORT"
    refusal = TaxatieError(message, hint="serve with `--workers 1`")
    if sharing is None:
        raise refusal
    try:
        holding.setsockopt(socket.SOL_SOCKET, sharing, 1)
    except OSError as error:
        raise refusal from error
