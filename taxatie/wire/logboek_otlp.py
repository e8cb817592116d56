"""Lines of the Logboek Dataverwerkingen as OTLP in JSON: requests that a collector takes as they stand."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from typing import Final

from taxatie.wire.logboek import LogboekLine

SPANS_MAX: Final = 500
"""Spans of one request: a few hundred kilobytes, below what collectors take."""

_INTERNAL: Final = 1
_SERVER: Final = 2
_STATUS: Final = {"Unset": 0, "Ok": 1, "Error": 2}
_NANOSECONDS: Final = 1_000_000
Json = dict[str, object]


def otlp_requests(lines: Iterable[LogboekLine], version: str) -> Iterator[Json]:
    """Return export requests (`ExportTraceServiceRequest`), each of some hundreds of spans."""
    rest = iter(lines)
    while batch := list(islice(rest, SPANS_MAX)):
        yield {"resourceSpans": [_resource(group, version) for group in _by_resource(batch)]}


def _by_resource(lines: list[LogboekLine]) -> Iterator[list[LogboekLine]]:
    for _, group in groupby(lines, key=lambda line: line["resource"]):
        yield list(group)


def _resource(lines: list[LogboekLine], version: str) -> Json:
    return {
        "resource": {"attributes": _attributes(lines[0]["resource"]["attributes"])},
        "scopeSpans": [{"scope": {"name": "taxatie.logboek", "version": version}, "spans": list(map(_span, lines))}],
    }


def _span(line: LogboekLine) -> Json:
    span: Json = {
        "traceId": line["trace_id"],
        "spanId": line["span_id"],
        "name": line["name"],
        "kind": _SERVER if "dpl.core.foreign_operation.processor" in line["attributes"] else _INTERNAL,
        "startTimeUnixNano": str(line["start_time"] * _NANOSECONDS),
        "endTimeUnixNano": str(line["end_time"] * _NANOSECONDS),
        "attributes": _attributes(line["attributes"]),
        "status": {"code": _STATUS[line["status"]]},
    }
    if "parent_span_id" in line:
        span["parentSpanId"] = line["parent_span_id"]
    return span


def _attributes(attributes: Mapping[str, str]) -> list[Json]:
    return [{"key": name, "value": {"stringValue": value}} for name, value in attributes.items()]
