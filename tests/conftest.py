"""The real servers as fixtures; where one is not installed, tests are skipped loudly, or fail on demand."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TypeVar

import pytest
from servers.dovecot import Dovecot
from servers.faulty_smtp import FaultySmtp
from servers.postgresql import Postgresql
from servers.programs import ServerMissing
from servers.smtp_sink import SmtpSink

NO_SKIP = "ABUSE_INTAKE_TESTS_NO_SKIP"
"""Set to 1 where every server is expected to be there: a missing one then fails its tests."""

Server = TypeVar("Server", bound=AbstractContextManager[object])


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for all tests, without TLS; take a user name of your own."""
    with make_or_skip(Dovecot) as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_tls() -> Iterator[Dovecot]:
    """One Dovecot for all tests that speaks IMAPS and STARTTLS; take a user name of your own."""
    with make_or_skip(lambda: Dovecot(tls=True)) as server:
        yield server


@pytest.fixture(scope="session")
def smtp_sink() -> Iterator[SmtpSink]:
    """One sink for all tests; call `clear()` first."""
    with make_or_skip(SmtpSink) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """One PostgreSQL for all tests; make a database of your own."""
    with make_or_skip(Postgresql) as server:
        yield server


@pytest.fixture
def faulty_smtp() -> Iterator[FaultySmtp]:
    """An SMTP server that accepts everything until it is told to fail."""
    with FaultySmtp() as server:
        yield server


def make_or_skip(make: Callable[[], Server]) -> Server:
    """Make a server; skip the test, saying which package is missing, unless skipping is forbidden."""
    try:
        return make()
    except ServerMissing as missing:
        text = f"SERVER MISSING: {missing}; `make install` as root on Debian does it too"
    if os.environ.get(NO_SKIP) == "1":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)
