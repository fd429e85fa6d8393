"""The log: one record a line on stderr, of bounded length, which no stranger's text can end, steer or reorder."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from abuse_intake.visible import escape

MAX_VALUE = 4_000
"""Characters of one value; of a traceback, the last ones."""
MAX_LINE = 16_000
"""Characters of one record."""


def configure_log(*, verbose: bool = False, only_errors: bool = False, stream: TextIO | None = None) -> None:
    """Send the log to stderr as key=value; `only_errors` for commands that answer by themselves."""
    level = logging.ERROR if only_errors else logging.DEBUG if verbose else logging.INFO
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(),
            _bound_values,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
            _escape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    _take_over_libraries()


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
    return {name: _bound(name, value) for name, value in fields.items()}


def _bound(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    text = str(value)
    if len(text) <= MAX_VALUE:
        return text
    return f"…{text[-MAX_VALUE:]}" if name == "exception" else f"{text[:MAX_VALUE]}…"


def _escape(_: Any, __: str, line: Any) -> str:
    escaped = escape(line)
    return escaped if len(escaped) <= MAX_LINE else f"{escaped[:MAX_LINE]}…"
