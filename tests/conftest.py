"""The real servers as fixtures; where one is not installed, tests are skipped loudly, or fail on demand."""

import signal
from collections.abc import Iterator

import pytest
import structlog
from servers.dovecot import Dovecot
from servers.faulty_smtp import FaultySmtp
from servers.postfix import Postfix
from servers.postgresql import Postgresql
from servers.skipping import make_or_skip
from servers.smtp_sink import SmtpSink


def pytest_configure() -> None:
    """A shell that starts tests in the background lets them ignore SIGINT, and so all programs that they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def log_as_at_the_start() -> Iterator[None]:
    """What a test configures of the log does not reach the next one."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for all tests, without TLS; take a user name of your own."""
    with make_or_skip(Dovecot) as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_without_move() -> Iterator[Dovecot]:
    """One Dovecot for all tests that can COPY and UID EXPUNGE, but not MOVE; take a user name of your own."""
    with make_or_skip(lambda: Dovecot(hidden=("MOVE",))) as server:
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
def postfix() -> Iterator[Postfix]:
    """One Postfix for all tests, which delivers everything into one Maildir; needs root."""
    with make_or_skip(Postfix) as server:
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest begin, so that none of them is the last to run alone."""
    items.sort(key=lambda item: "real_servers" not in item.path.parts)
