"""What a test does when its server is not installed."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import pytest

from servers.programs import ServerMissing

NO_SKIP = "ABUSE_INTAKE_TESTS_NO_SKIP"
"""Set to 1 where every server is expected to be there: a missing one then fails its tests."""

Server = TypeVar("Server", bound=AbstractContextManager[Any])


def make_or_skip(make: Callable[[], Server]) -> Server:
    """Make a server; skip the test, saying which package is missing, unless skipping is forbidden."""
    try:
        return make()
    except ServerMissing as missing:
        text = f"SERVER MISSING: {missing}; `make test` as root on Debian does it too"
    if os.environ.get(NO_SKIP) == "1":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)
