"""The log: one record a line on stderr, of bounded length, which no stranger's text can end, steer or reorder."""

import json
import logging
import math
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Literal, TextIO

import structlog

from abuse_intake.visible import escape, escape_json

LogFormat = Literal["logfmt", "json"]

MAX_VALUE = 4_000
"""Characters of one value; of a traceback, the last ones."""
MAX_LINE = 16_000
"""Characters of one record."""


FIRST = ("timestamp", "level", "event")
KEPT_TO_THE_END = ("exception", "stack")
"""Values that are cut at their beginning: their end says where it happened."""


def configure_log(
    *,
    verbose: bool = False,
    only_errors: bool = False,
    stream: TextIO | None = None,
    log_format: LogFormat = "logfmt",
) -> None:
    """Send the log to stderr, as key=value or as JSON; `only_errors` for commands that answer by themselves."""
    level = logging.ERROR if only_errors else logging.DEBUG if verbose else logging.INFO
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(),
            _bound_values,
            *_RENDERERS[log_format],
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Printer(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    _take_over_libraries()


def render_record(level: str, event: str, **fields: object) -> str:
    """A record as the log would have it, for those who must not wait for the log's lock."""
    record: Any = {"event": event, **fields}
    for processor in structlog.get_config()["processors"]:
        record = processor(None, level, record)
    return str(record)


class _Printer(structlog.PrintLogger):
    """Writes what it can: a full disk or a closed stderr costs records, never the work that is told of."""

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):  # ValueError: it is closed
            super().msg(message)

    log = debug = info = warn = warning = fatal = failure = err = error = critical = exception = msg


def _take_over_libraries() -> None:
    """What libraries log, with strangers' text in it, becomes records of ours: Python's own way breaks lines."""
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, _FromLibraries)]:
        root.removeHandler(handler)
    root.addHandler(_FromLibraries(logging.WARNING))


class _FromLibraries(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        told = structlog.get_logger()
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # its arguments do not fit
            text = str(record.msg)
        level = logging.ERROR if record.levelno >= logging.ERROR else logging.WARNING
        told.log(level, text, library=record.name, exc_info=record.exc_info)


def _bound_values(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: _bound(name, value) for name, value in fields.items() if value is not None}


def _bound(name: str, value: Any) -> Any:
    if isinstance(value, bool) or _is_plain_number(value):
        return value
    text = str(value)
    if len(text) <= MAX_VALUE:
        return text
    return f"…{text[-MAX_VALUE:]}" if name in KEPT_TO_THE_END else f"{text[:MAX_VALUE]}…"


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and abs(value) < 2**53


def _escape(_: Any, __: str, line: Any) -> str:
    escaped = escape(line)
    return escaped if len(escaped) <= MAX_LINE else f"{escaped[:MAX_LINE]}…"


def _render_json(_: Any, __: str, fields: Mapping[str, Any]) -> str:
    """One object, ASCII only; where it would be too long its values are cut, and it stays an object."""
    ordered = {name: fields[name] for name in FIRST if name in fields}
    ordered |= fields
    line = _dump(ordered)
    for most in (1_000, 200, 40):
        if len(line) <= MAX_LINE:
            break
        line = _dump({name: _cut(value, most) for name, value in ordered.items()})
    return line


def _cut(value: Any, most: int) -> Any:
    return f"{value[:most]}…" if isinstance(value, str) and len(value) > most else value


def _dump(fields: Mapping[str, Any]) -> str:
    return escape_json(json.dumps(fields, separators=(",", ":")))


_RENDERERS: dict[LogFormat, list[Any]] = {
    "logfmt": [
        structlog.processors.LogfmtRenderer(key_order=list(FIRST), drop_missing=True, bool_as_flag=False),
        _escape,
    ],
    "json": [_render_json],
}
