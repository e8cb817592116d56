"""Who calls: a pseudonym of the calling system, and the trace context that came along; never a person."""

import hashlib
import re
from typing import Final

from grpc import aio

from taxatie.service.record import Caller
from taxatie.wire.decision_record import TraceContext

LOCAL: Final = "local"
"""The caller without a certificate: somebody on this machine, since nobody else is listened to without TLS."""

_PSEUDONYM_LENGTH: Final = 16
_TRACEPARENT: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_TRACESTATE: Final = re.compile(r"[\x20-\x7e]{1,512}")


def caller_of(context: aio.ServicerContext) -> Caller:  # type: ignore[type-arg]
    """Return who calls: by the digest of the client's certificate, so that it is the same in every call."""
    certificate = next(iter(context.auth_context().get("x509_pem_cert", ())), None)
    pseudonym = LOCAL if certificate is None else hashlib.sha256(certificate).hexdigest()[:_PSEUDONYM_LENGTH]
    return Caller(pseudonym, _trace_context(context))


def _trace_context(context: aio.ServicerContext) -> TraceContext | None:  # type: ignore[type-arg]
    """Return the W3C trace context; one that is malformed is none."""
    said = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
    parent, state = said.get("traceparent", ""), said.get("tracestate", "")
    if not _TRACEPARENT.fullmatch(parent):
        return None
    return TraceContext(parent, state if _TRACESTATE.fullmatch(state) else None)
