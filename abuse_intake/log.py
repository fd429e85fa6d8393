"""The log: one record a line on stderr. What strangers wrote can neither end a line nor steer a terminal."""

import logging
import sys
from typing import Any, TextIO

import structlog


def configure_log(*, verbose: bool = False, stream: TextIO | None = None) -> None:
    """Send the log to stderr: for people on a terminal, as key=value elsewhere."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
            _escape_controls,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


def _escape_controls(_: Any, __: str, line: Any) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
