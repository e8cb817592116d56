"""One HTTP/2 connection of a load generator: prepared frames out, and as little as possible read of what comes back.

It is no client: it takes for granted a gRPC server that answers each request with headers, one message, and trailers. A
request that got no message has failed; what the message says is checked elsewhere, once.
"""

import socket
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _GOAWAY, _WINDOW = 0, 1, 3, 4, 6, 7, 8
_END_STREAM, _ACK, _END_HEADERS = 1, 1, 4
_FRAME_MAX: Final = 16_384
_WINDOW_MAX: Final = (1 << 31) - 1
_WINDOW_FIRST: Final = 65_535
_WINDOW_GIVEN_BACK: Final = 1 << 24
"""So many bytes are taken in before the server is told that there is room again: the first room is far larger."""
_RECEIVED_AT_ONCE: Final = 1 << 18
_WINDOW_SETTING: Final = 4


def framed_requests(messages: Sequence[bytes]) -> list["Request"]:
    """Return messages, each with its gRPC prefix already, as the data frames they become."""
    return [Request.of(message) for message in messages]


@dataclass(frozen=True, slots=True)
class Request:
    """A request but for the number of its stream, which stands between the parts."""

    parts: tuple[bytes, ...]
    size: int
    """Of its data, for the window."""

    @classmethod
    def of(cls, message: bytes) -> "Request":
        """Return a message in frames: each part ends where the number of the stream is to be filled in."""
        pieces = [message[start : start + _FRAME_MAX] for start in range(0, len(message), _FRAME_MAX)]
        parts, before = [], b""
        for place, piece in enumerate(pieces):
            flags = _END_STREAM if place == len(pieces) - 1 else 0
            parts.append(before + len(piece).to_bytes(3, "big") + bytes((_DATA, flags)))
            before = piece
        return cls((*parts, before), len(message))


@dataclass(slots=True)
class Connection:
    """A connection to a server, and the requests under way on it."""

    sock: socket.socket
    headers: tuple[bytes, bytes]
    """The block of the first request, which the server remembers; and the short one that refers to it."""
    under_way: dict[int, float] = field(default_factory=dict)
    """When each stream was due to begin."""
    _answered: set[int] = field(default_factory=set)
    _next: int = 1
    _window: int = _WINDOW_FIRST
    _taken_in: int = 0
    _waiting: deque[tuple[Request, float]] = field(default_factory=deque)
    _incoming: bytes = b""
    _outgoing: list[bytes] = field(default_factory=list)
    failed: int = 0

    @classmethod
    def to(cls, port: int, path: str) -> "Connection":
        """Return a connection to a port of this machine, for one method (`/package.Service/Method`)."""
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        connection = cls(sock, header_blocks(path, f"127.0.0.1:{port}"))
        wide = _WINDOW_SETTING.to_bytes(2, "big") + _WINDOW_MAX.to_bytes(4, "big")
        more = (_WINDOW_MAX - _WINDOW_FIRST).to_bytes(4, "big")
        connection._outgoing += [_PREFACE, _frame(_SETTINGS, 0, wide), _frame(_WINDOW, 0, more)]
        connection.flush()
        return connection

    def send(self, request: Request, due: float) -> None:
        """Send a request, or keep it until the server has room."""
        if self._waiting or self._window < request.size:
            self._waiting.append((request, due))
            return
        self._window -= request.size
        stream = self._next
        self._next += 2
        self.under_way[stream] = due
        block = self.headers[stream > 1]
        number = stream.to_bytes(4, "big")
        head = len(block).to_bytes(3, "big") + bytes((_HEADERS, _END_HEADERS))
        self._outgoing += [head, number, block, number.join(request.parts)]

    @property
    def pending(self) -> int:
        """How many requests have no answer yet."""
        return len(self.under_way) + len(self._waiting)

    @property
    def wants_to_write(self) -> bool:
        """Whether there is something that the socket did not take yet."""
        return bool(self._outgoing)

    def flush(self) -> None:
        """Write as much as the socket takes."""
        if self._outgoing:
            data = b"".join(self._outgoing)
            try:
                sent = self.sock.send(data)
            except BlockingIOError:
                sent = 0
            self._outgoing = [data[sent:]] if sent < len(data) else []

    def receive(self) -> list[float]:
        """Read what is there; return when each request was due that is now answered."""
        try:
            data = self.sock.recv(_RECEIVED_AT_ONCE)
        except BlockingIOError:
            return []
        if not data:
            raise ConnectionError("the server closed the connection")
        self._incoming += data
        ended = list(self._ended())
        if self._taken_in > _WINDOW_GIVEN_BACK:
            self._outgoing.append(_frame(_WINDOW, 0, self._taken_in.to_bytes(4, "big")))
            self._taken_in = 0
        return ended

    def _ended(self) -> Iterator[float]:
        data, place, size = self._incoming, 0, len(self._incoming)
        while size - place >= 9:  # noqa: PLR2004  # a frame's head
            end = place + 9 + (data[place] << 16 | data[place + 1] << 8 | data[place + 2])
            if end > size:
                break
            kind, flags = data[place + 3], data[place + 4]
            stream = int.from_bytes(data[place + 5 : place + 9], "big")
            if kind == _DATA:
                self._taken_in += end - place - 9
                self._answered.add(stream)
            elif kind == _HEADERS:
                if flags & _END_STREAM:
                    yield self._end(stream)
            elif kind == _RESET:
                # It may also follow an answer: then the server ended before it had read that the request did.
                if stream in self.under_way:
                    self._answered.discard(stream)
                    yield self._end(stream)
            else:
                self._mind(kind, flags, data[place + 9 : end])
            place = end
        self._incoming = data[place:]

    def _end(self, stream: int) -> float:
        if stream in self._answered:
            self._answered.remove(stream)
        else:
            self.failed += 1
        return self.under_way.pop(stream)

    def _mind(self, kind: int, flags: int, body: bytes) -> None:
        """Heed a frame about the connection."""
        if kind == _SETTINGS and not flags & _ACK:
            self._outgoing.append(_frame(_SETTINGS, _ACK, b""))
        elif kind == _PING and not flags & _ACK:
            self._outgoing.append(_frame(_PING, _ACK, body))
        elif kind == _GOAWAY:
            raise ConnectionError("the server said goodbye")
        elif kind == _WINDOW:
            # For a stream it does not matter: no request is as large as the room each stream begins with.
            self._window += int.from_bytes(body, "big")
            waiting, self._waiting = self._waiting, deque()
            for request, due in waiting:
                self.send(request, due)


def _frame(kind: int, flags: int, body: bytes) -> bytes:
    """Return a frame about the whole connection."""
    return len(body).to_bytes(3, "big") + bytes((kind, flags)) + bytes(4) + body


def header_blocks(path: str, authority: str) -> tuple[bytes, bytes]:
    """Return the header block of a connection's first request, and that of all others.

    By HPACK (RFC 7541): the first adds its fields to the server's table, in which they then have the numbers from 62
    on, the last one first. Method POST and scheme http have had numbers from the start.
    """
    fields = [("", 4, path), ("", 1, authority), ("", 31, "application/grpc"), ("te", 0, "trailers")]
    first = b"".join(
        bytes((0x40 | known,)) + (_text(name) if name else b"") + _text(value) for name, known, value in fields
    )
    later = bytes(0x80 | 61 + place for place in range(len(fields), 0, -1))
    fixed = bytes((0x83, 0x86))
    return fixed + first, fixed + later


def _text(text: str) -> bytes:
    assert len(text) < 127, text  # noqa: PLR2004  # the length fits one byte
    return bytes((len(text),)) + text.encode("ascii")
