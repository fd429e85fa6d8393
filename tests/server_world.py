"""The program between real servers: a mailbox on Dovecot, an SMTP server, a database, all of one test."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from arrival_builders import US
from descriptions import describe_answers, describe_incidents, describe_mails
from imapclient import IMAPClient
from intake_world import CONTOSO, Program, list_acknowledgements
from servers.dovecot import PASSWORD, Dovecot
from servers.programs import HOST
from servers.skipping import make_or_skip
from servers.smtp_sink import SmtpSink
from sqlalchemy import text

from storage.database import Database

LAUNCHER = Path(__file__).with_name("killed_program.py")
RUN_SECONDS = 60
WORKING_FOLDERS = ("INBOX", "Processed", "Other", "Quarantine")
SMALL_BATCHES = "abuse_intake.intake:BATCH_SIZE=3 abuse_intake.outbox.smtp:SmtpCarrier.batch_size=3"
QUICK_RETRIES = "abuse_intake.outbox.ledger:FIRST_RETRY=1 abuse_intake.mailbox.suspects:STEP=1"
BLAMED_NEVER = "abuse_intake.intake:MAX_ATTEMPTS=1000"
"""A mail over which three processes died is put aside. Kills that are aimed at the steps of an attempt do that to mails
that did nothing: where kills are aimed so, nobody is blamed."""
COUNTS = (
    "SELECT (SELECT count(*) FROM mails), (SELECT count(*) FROM mails WHERE disposition IS NULL),"
    " (SELECT count(*) FROM deliveries JOIN mails ON mails.id = deliveries.mail_id"
    "  WHERE filed_at IS NULL AND disposition IS NOT NULL)"
)
STATES = "SELECT state, count(*) FROM acknowledgements GROUP BY state"
HALF_SENT = "SELECT message_id FROM acknowledgements WHERE state = 'sending' AND data_sent_at IS NOT NULL"
_MAKING_TABLES = threading.Lock()
"""Alembic keeps what it works on in its module."""


class TakingServer(Protocol):
    """An SMTP server of a test."""

    @property
    def port(self) -> int: ...

    def messages(self) -> list[bytes]: ...


@dataclass(frozen=True, slots=True)
class Held:
    """How far a run has come, as the database says; acknowledgements by the mail that they answer."""

    mails: int
    unread: int
    unfiled: int
    states: Counter[str]
    half_sent: frozenset[str]
    """All of their data went out, and no answer is committed."""


@dataclass(frozen=True, slots=True)
class End:
    """What a world has come to: what is stored and lies in the mailbox, and the answers as the server took them."""

    stored: Counter[tuple[object, ...]]
    answers: Counter[tuple[str, str]]
    states: tuple[str, ...]
    """Those of all acknowledgements in the database."""


@dataclass(slots=True)
class ServerWorld:
    """One mailbox that is worked, with everything around it. `changed` holds values for the launcher."""

    folder: Path
    dovecot: Dovecot
    user: str
    smtp: TakingServer
    database_url: str
    configuration: Path = field(init=False)
    changed: str = ""
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.configuration = self.folder / "abuse-intake.toml"
        self.database = Database(self.database_url)
        self.configure()

    def configure(
        self, *, imap_port: int | None = None, smtp_port: int | None = None, **outbox: object
    ) -> None:
        """Write the configuration; the ports are those of proxies where there are any."""
        (self.folder / "tenants.jsonl").write_text(json.dumps(_describe_tenant()) + "\n")
        (self.folder / "password").write_text(PASSWORD)
        further = "".join(f"{name} = {json.dumps(value)}\n" for name, value in outbox.items())
        self.configuration.write_text(
            f'[mailbox]\nurl = "imap://{self.user}@{HOST}:{imap_port or self.dovecot.port}/INBOX"\n'
            f'address = "{US}"\npassword_file = "password"\npoll_seconds = 1\n'
            f'[database]\nurl = "{self.database_url}"\n'
            f'[outbox]\nurl = "smtp://{HOST}:{smtp_port or self.smtp.port}"\nper_reporter_hour = 0\n{further}'
            '[tenants]\ndirectory = "tenants.jsonl"\n'
        )

    def deliver(self, raws: Iterable[bytes]) -> None:
        """Let these mails arrive together, byte for byte."""
        client = IMAPClient(HOST, self.dovecot.port, ssl=False, timeout=20)
        client.login(self.user, PASSWORD)
        client.multiappend("INBOX", list(raws))
        client.logout()

    def start(self, *arguments: str, pass_fds: Collection[int] = (), **environment: str) -> Program:
        """The program as a process of its own; what it says is added to `log`."""
        command = [sys.executable, str(LAUNCHER), "--config", str(self.configuration), *arguments]
        with self.log.open("ab") as log:
            return Program(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
                env=os.environ | {"CHANGED": self.changed} | environment,
            )

    @property
    def log(self) -> Path:
        return self.folder / "program.log"

    def run_once(self) -> None:
        """A run to its end, in which nothing goes wrong."""
        with self.start("run", "--once") as process:
            code = process.wait(RUN_SECONDS)
        assert code == 0, self.read_log()

    @contextmanager
    def working(self) -> Iterator[Program]:
        """A worker, which must not end before it is told to, and then ends in peace."""
        with self.start("run") as process:
            yield process
            assert process.poll() is None, self.read_log()
            process.terminate()
            assert process.wait(RUN_SECONDS) == 0, self.read_log()

    def read_log(self) -> str:
        """The end of what the program said."""
        return self.log.read_text(errors="replace")[-4000:]

    def look(self) -> Held:
        """How far the work has come."""
        with self.database.read() as session:
            mails, unread, unfiled = session.execute(text(COUNTS)).one()
            states = Counter(dict(map(tuple, session.execute(text(STATES)))))
            half_sent = frozenset(session.scalars(text(HALF_SENT)))
        return Held(mails, unread, unfiled, states, half_sent)

    def is_done(self, mails: int) -> bool:
        """Whether so many mails were recorded and filed away, and nobody waits for an answer."""
        held = self.look()
        busy = held.unread or held.unfiled or held.states["waiting"] or held.states["sending"]
        return held.mails == mails and not busy

    def await_done(self, mails: int, seconds: float = 90) -> None:
        """Wait for that; fail, with what the program said, when it does not come."""
        deadline = time.monotonic() + seconds
        while not self.is_done(mails):
            assert time.monotonic() < deadline, f"{self.look()}\n{self.read_log()}"
            time.sleep(0.05)

    def describe_folders(self, folders: Sequence[str] = WORKING_FOLDERS) -> Counter[tuple[str, str]]:
        """What lies in which folder of the mailbox, and how often, by content."""
        return Counter(
            (name, sha256(raw).hexdigest())
            for name in folders
            for raw in self.dovecot.messages(self.user, name)
        )

    def describe(self) -> End:
        """What this world has come to."""
        stored = Counter[tuple[object, ...]](describe_mails(self.database))
        stored.update(describe_incidents(self.database))
        stored.update(self.describe_folders())
        return End(stored, describe_answers(self.smtp.messages()), tuple(sorted(self.list_states().values())))

    def list_states(self) -> dict[str, str]:
        """The state of each acknowledgement, by its Message-ID."""
        return {one.message_id: one.state for one in list_acknowledgements(self.database)}


@contextmanager
def make_world(
    folder: Path,
    dovecot: Dovecot,
    *,
    smtp: TakingServer | None = None,
    database_url: str | None = None,
    changed: str = "",
) -> Iterator[ServerWorld]:
    """A world with a mailbox and, where none is given, a sink and a SQLite database of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        taking = smtp or stack.enter_context(make_or_skip(SmtpSink))
        url = database_url or f"sqlite:///{folder / 'abuse-intake.db'}"
        user = f"world-{sha256(str(folder).encode()).hexdigest()[:12]}"
        world = ServerWorld(folder, dovecot, user, taking, url, changed=changed)
        stack.callback(world.database.close)
        with _MAKING_TABLES:
            world.database.require_current()
        yield world


def _describe_tenant() -> dict[str, object]:
    return {
        "id": CONTOSO.id,
        "name": CONTOSO.name,
        "domains": list(CONTOSO.domains),
        "external_ids": [],
        "abuse_contact": None,
        "allocations": [
            {"network": str(one.network), "since": None, "until": None} for one in CONTOSO.allocations
        ],
    }
