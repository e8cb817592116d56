"""Holding a port for workers: they may listen on it, a second service may not."""

import socket

import pytest

from taxatie.errors.problem import TaxatieError
from taxatie.supervisor.port import reserved_port

NO_OPTION = 9_999
"""An option that no kernel knows; one without SO_REUSEPORT answers the same."""


def listening(port: int) -> socket.socket:
    """Return a socket that listens on a port as a worker's does."""
    side = socket.socket()
    side.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    side.bind(("127.0.0.1", port))
    side.listen()
    return side


def test_workers_share_a_free_port_and_the_holder_takes_no_connection() -> None:
    with reserved_port("127.0.0.1", 0) as port, listening(port) as one, listening(port) as other:
        with pytest.raises(TaxatieError, match="cannot listen"), reserved_port("127.0.0.1", port):
            pass
        callers = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
        one.setblocking(False)
        other.setblocking(False)
        taken = [_taken(each) for each in (one, other)]
        for caller in callers:
            caller.close()

    assert sum(taken) == len(callers)
    assert all(taken)


def test_a_port_that_is_held_cannot_be_held_again_while_nobody_listens_yet() -> None:
    """Two services that start at once would else both begin."""
    with (
        reserved_port("127.0.0.1", 0) as port,
        pytest.raises(TaxatieError, match="cannot listen"),
        reserved_port("127.0.0.1", port),
    ):
        pass
    with reserved_port("127.0.0.1", port) as again:
        assert again == port


def _taken(side: socket.socket) -> int:
    """Return how many connections wait at a socket."""
    count = 0
    try:
        while True:
            side.accept()[0].close()
            count += 1
    except BlockingIOError:
        return count


def test_a_port_of_a_service_alone_cannot_be_held() -> None:
    with socket.socket() as alone:
        alone.bind(("127.0.0.1", 0))
        alone.listen()
        port = alone.getsockname()[1]

        with (
            pytest.raises(TaxatieError, match=f"cannot listen on 127.0.0.1:{port}") as caught,
            reserved_port("127.0.0.1", port),
        ):
            pass

    assert caught.value.hint == "choose another port with --port"


@pytest.mark.parametrize("sharing", [NO_OPTION, None])
def test_a_system_on_which_ports_cannot_be_shared_says_so(sharing: int | None) -> None:
    with pytest.raises(TaxatieError) as caught, reserved_port("127.0.0.1", 0, sharing):
        pass

    assert caught.value.message == "several workers cannot share a port here: this system has no SO_REUSEPORT"
    assert caught.value.hint == "serve with `--workers 1`"


def test_a_host_that_is_none_is_told() -> None:
    with pytest.raises(TaxatieError, match="there is no host `no host`"), reserved_port("no host", 0):
        pass
