"""Every command of the mailbox, spoiled in every way: the next poll ends what the spoiled one began."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from arrival_builders import make_arf, make_bounce, make_forward, make_message, make_question
from imap_world import open_imap
from intake_world import (
    list_acknowledgements,
    list_incidents,
    list_mails,
    list_outcomes,
    make_intake,
    open_database,
)
from servers.dovecot import Dovecot
from servers.faulty_proxy import Fault, FaultyProxy, answer, drip, reset, stall

from abuse_intake import intake
from abuse_intake.errors import MailboxError
from abuse_intake.mailbox import imap, imap_connection
from abuse_intake.mailbox.imap import ImapMailbox
from storage.database import Database

pytestmark = pytest.mark.dovecot

FAULTS = {
    "reset": reset(),
    "reset after the answer": reset(after_answer=True),
    "stall": stall(),
    "stall after the answer": stall(after_answer=True),
    "a byte now and then": drip(seconds=0.02),
    "NO": answer("{tag} NO [UNAVAILABLE] Try later"),
    "BAD": answer("{tag} BAD What do you mean"),
    "BYE": answer("* BYE Going down", closing=True),
    "nonsense": answer("?! (((("),
}
RAWS = (
    make_forward(make_message(1), number=1),
    make_forward(make_message(1), number=1),  # the same mail a second time
    make_question(2, reporter="asks@woodgrove.example"),
    make_arf(make_message(3), number=3),
    make_bounce(4),
    make_forward(make_message(5), number=5),
)
FOLDERS = ("Processed", "Other", "Quarantine")
WITHOUT_MOVE = re.compile(rb"KEYWORD|STORE|COPY|EXPUNGE|SELECT.*Processed")
"""What only a server is asked that cannot MOVE; the other commands are spoiled with the one that can."""
SHORT_SECONDS = 0.25
CASES = [
    *(("dovecot", fault) for fault in FAULTS),
    *(
        ("dovecot_without_move", fault)
        for fault in FAULTS
        if fault not in ("BAD", "nonsense", "a byte now and then")
    ),
]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several windows and batches also with few mails."""
    monkeypatch.setattr(imap, "SEARCH_WINDOW", 3)
    monkeypatch.setattr(intake, "BATCH_SIZE", 2)


def make_user(server: Dovecot, raws: tuple[bytes, ...] = RAWS) -> str:
    """A user whose inbox holds the mails."""
    user = f"user-{uuid4().hex[:12]}"
    server.fill(user, raws)
    return user


@contextmanager
def over_proxy(
    server: Dovecot, user: str, folder: Path
) -> Iterator[tuple[FaultyProxy, ImapMailbox, Database]]:
    """The mailbox of the user behind a proxy, and an empty database."""
    folder.mkdir(exist_ok=True)
    with FaultyProxy(server.port) as proxy, open_database(folder) as database:
        mailbox = open_imap(proxy.port, user)
        try:
            yield proxy, mailbox, database
        finally:
            mailbox.close()


def spoil(proxy: FaultyProxy, shape: bytes, fault: Fault) -> None:
    pattern = shape if shape == b"^$" else rb"^\S+ " + shape
    proxy.spoil(pattern, fault)


def find_shapes(proxy: FaultyProxy) -> list[bytes]:
    """The commands that were sent, each as a pattern that matches it whatever its numbers; and the connection."""
    shapes = dict.fromkeys(
        re.sub(rb"\d+(?:[:,](?:\\\*|\d+))*", rb"[0-9:,*]+", re.escape(line.split(b" ", 1)[1].strip()))
        for line in proxy.commands
        if b" " in line and not line.split(b" ", 1)[1].startswith(b"LOGIN")
    )
    return [b"^$", b"LOGIN", *shapes]


def read_folder(server: Dovecot, user: str, folder: str) -> Iterator[bytes]:
    """The mails of a folder, as they lie in the files of the server."""
    for box in ("cur", "new"):
        for path in (server.mail_folder(user, folder) / box).glob("*"):
            yield path.read_bytes()


def assert_all_done(server: Dovecot, user: str, database: Database) -> None:
    """Each mail lies in one folder, as often as it came, and is known as if nothing had happened."""
    assert list(read_folder(server, user, "INBOX")) == []
    filed = [raw for folder in FOLDERS for raw in read_folder(server, user, folder)]
    assert Counter(filed) == Counter(RAWS)
    assert Counter(list_outcomes(database)) == {
        ("report", None): 3,
        ("not_a_report", "no_evidence"): 1,
        ("not_a_report", "bounce"): 1,
    }
    assert len(list_mails(database)) == len(set(RAWS))
    assert (len(list_incidents(database)), len(list_acknowledgements(database))) == (3, 4)


@pytest.mark.parametrize(("kind", "fault"), CASES)
def test_the_next_poll_ends_what_a_spoiled_one_began(
    kind: str,
    fault: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """Whichever command fails, and however: nothing is lost, nothing comes twice, and one more poll is enough."""
    server: Dovecot = request.getfixturevalue(kind)
    user = make_user(server)
    with over_proxy(server, user, tmp_path / "undisturbed") as (proxy, mailbox, database):
        make_intake(mailbox, database).poll()
        mailbox.close()
        shapes = find_shapes(proxy)
    if kind == "dovecot_without_move":
        shapes = [shape for shape in shapes if WITHOUT_MOVE.search(shape)]
    assert len(shapes) > 6

    for number, shape in enumerate(shapes):
        user = make_user(server)
        with over_proxy(server, user, tmp_path / str(number)) as (proxy, mailbox, database):
            spoil(proxy, shape, FAULTS[fault])
            with monkeypatch.context() as patch, suppress(MailboxError):
                patch.setattr(imap_connection, "COMMAND_SECONDS", SHORT_SECONDS)
                patch.setattr(imap_connection, "OPENING_SECONDS", 0)
                patch.setattr(imap_connection, "LOGOUT_SECONDS", SHORT_SECONDS)
                make_intake(mailbox, database).poll()
            if shape != b"LOGOUT":
                assert proxy.spoilt, f"{shape!r} was not sent again"
            proxy.heal()

            summary = make_intake(mailbox, database).poll()

            assert summary.problems == [], shape
            try:
                assert_all_done(server, user, database)
            except AssertionError as error:
                raise AssertionError(f"after {fault} at {shape!r}: {error}") from error
