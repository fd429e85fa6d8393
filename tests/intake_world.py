"""The surroundings of an intake in a temporary folder: database, Maildir, directory, configuration."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from arrival_builders import US
from intake_fakes import FakeGuard

from abuse_intake.answering import Ourselves
from abuse_intake.attribution import Attributor, Directory
from abuse_intake.concluding import Concluder
from abuse_intake.intake import Intake, PollSummary
from abuse_intake.mailbox import Mailbox
from abuse_intake.mailbox.files import MaildirMailbox
from abuse_intake.recording import MailReader
from abuse_intake.settings import Folders
from abuse_intake.settings_attribution import ProviderSettings
from abuse_intake.urls import ServiceUrl
from storage import acknowledgements, incidents, mails, outbox_records
from storage.database import Database
from storage.values import (
    AcknowledgementRecord,
    Allocation,
    Arrival,
    DeliveryRecord,
    IncidentFilter,
    IncidentRecord,
    MailRecord,
    NewAcknowledgement,
    Place,
    Tenant,
)

OURSELVES = Ourselves(US, (US,), "Provider Example")
CONTOSO = Tenant(
    "contoso", "Contoso Ltd", ("contoso.example",), allocations=(Allocation(ip_network("192.0.2.0/28")),)
)
DEAD_PROCESS = f"{os.uname().nodename}/4194304/1.00"
"""A process of this host that cannot live: Linux gives no higher id than 4194303."""


@contextmanager
def open_database(folder: Path) -> Iterator[Database]:
    """A SQLite database in that folder, with empty tables when it is new."""
    file = folder / "abuse-intake.db"
    if not file.exists():
        file.write_bytes(_make_empty_database())
    database = Database(f"sqlite:///{file}")
    try:
        yield database
    finally:
        database.close()


@cache
def _make_empty_database() -> bytes:
    """Migrations take a while: they run once, and each test gets a copy."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{file}")
        database.require_current()
        database.close()
        return file.read_bytes()


def make_concluder(
    kind: type[Concluder] = Concluder,
    *,
    max_bytes: int = 1_000_000,
    per_reporter_hour: int = 0,
    per_hour: int = 0,
) -> Concluder:
    """A concluder that knows one tenant."""
    attributor = Attributor(ProviderSettings(), Directory([CONTOSO]))
    return kind(
        lambda: attributor,
        OURSELVES,
        max_bytes=max_bytes,
        per_reporter_hour=per_reporter_hour,
        per_hour=per_hour,
    )


def make_intake(
    mailbox: Mailbox,
    database: Database,
    concluder: Concluder | None = None,
    *,
    mail_reader: MailReader | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    should_stop: Callable[[], bool] = lambda: False,
    report_progress: Callable[[PollSummary], None] = lambda _: None,
) -> Intake:
    """An intake of that mailbox."""
    return Intake(
        mailbox,
        database,
        mail_reader or FakeGuard(),
        concluder or make_concluder(),
        Folders(),
        now=now,
        should_stop=should_stop,
        report_progress=report_progress,
    )


def make_maildir(root: Path) -> Path:
    """An empty Maildir."""
    for box in ("new", "cur", "tmp"):
        (root / box).mkdir(parents=True)
    return root


def put(maildir: Path, name: str, raw: bytes, *, mtime: int | None = None) -> Path:
    """Let a mail lie in a Maildir under that name (`cur/1:2,S`; without a box in new/)."""
    path = maildir / (name if "/" in name else f"new/{name}")
    unseen = path.with_name(f".{path.name}")  # a worker that polls meanwhile must not find half of it
    unseen.write_bytes(raw)
    if mtime is not None:
        os.utime(unseen, ns=(mtime, mtime))
    return unseen.rename(path)


def open_maildir(root: Path) -> MaildirMailbox:
    """The mailbox over a Maildir."""
    return MaildirMailbox(ServiceUrl("maildir", str(root)))


def list_files(folder: Path) -> list[str]:
    """The names of the files below a folder, but for the marks of Maildir folders."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name != "maildirfolder"
    )


def list_mails(database: Database) -> list[MailRecord]:
    """All mails, oldest first."""
    with database.read() as session:
        return sorted(mails.list_mails(session, limit=0), key=lambda mail: int(mail.id))


def list_outcomes(database: Database) -> list[tuple[str | None, str | None]]:
    """Disposition and reason of all mails, oldest first."""
    return [(mail.disposition, mail.reason) for mail in list_mails(database)]


def list_deliveries(database: Database, mail_id: str) -> Sequence[DeliveryRecord]:
    """Where a mail lay."""
    with database.read() as session:
        return mails.mail_deliveries(session, mail_id)


def read_raw(database: Database, mail_id: str) -> bytes:
    """The kept bytes of a mail."""
    with database.read() as session:
        return mails.mail_raw(session, mail_id)


def list_incidents(database: Database) -> list[IncidentRecord]:
    """All incidents, oldest first."""
    with database.read() as session:
        found = incidents.list_incidents(session, IncidentFilter(), limit=0)
        return sorted(found, key=lambda incident: int(incident.id))


def list_acknowledgements(database: Database) -> list[AcknowledgementRecord]:
    """The outbox, oldest first."""
    with database.read() as session:
        found = outbox_records.list_acknowledgements(session, limit=0)
        return sorted(found, key=lambda acknowledgement: int(acknowledgement.id))


def make_acknowledgement(
    number: int, now: datetime, to: str = "dana@woodgrove.example"
) -> NewAcknowledgement:
    """A finished acknowledgement; its text holds a line that begins with a dot."""
    message_id = f"<ack.{number}@provider.example>"
    content = (
        f"From: {US}\r\nTo: {to}\r\nSubject: Your report\r\nMessage-ID: {message_id}\r\n\r\n"
        ".A line with a dot\r\nThank you.\r\n"
    )
    return NewAcknowledgement(to, message_id, content.encode(), now)


def fill_outbox(database: Database, now: datetime, *to: str) -> None:
    """Let an acknowledgement wait for each of these addresses."""
    put_into_outbox(database, now, *(make_acknowledgement(n, now, one) for n, one in enumerate(to, start=1)))


def put_into_outbox(database: Database, now: datetime, *letters: NewAcknowledgement) -> None:
    """Let these wait, each as the answer to a mail of its own."""
    with database.begin() as session:
        for number, new in enumerate(letters, start=1):
            place = Place(1, str(number))
            raw = new.message_id.encode()
            arrival = Arrival(place, raw, sha256(raw).hexdigest(), now)
            kept = mails.keep_mails(session, "fake://outbox", [arrival])[place]
            acknowledgements.put_into_outbox(session, int(kept.mail_id), new, now)


def write_configuration(folder: Path, **mailbox: object) -> Path:
    """A configuration of a Maildir `Maildir`, an outbox Maildir `Sent` and one tenant, all in that folder."""
    tenant = {
        "id": "contoso",
        "name": "Contoso Ltd",
        "domains": ["contoso.example"],
        "external_ids": [],
        "abuse_contact": None,
        "allocations": [{"network": "192.0.2.0/28", "since": None, "until": None}],
    }
    (folder / "tenants.jsonl").write_text(json.dumps(tenant) + "\n")
    further = "".join(f"{name} = {json.dumps(value)}\n" for name, value in mailbox.items())
    path = folder / "abuse-intake.toml"
    path.write_text(
        f'[mailbox]\nurl = "maildir://Maildir"\naddress = "{US}"\n{further}'
        '[database]\nurl = "sqlite:///abuse-intake.db"\n'
        '[outbox]\nurl = "maildir://Sent"\nper_reporter_hour = 0\n'
        '[tenants]\ndirectory = "tenants.jsonl"\n'
    )
    return path


class Program(subprocess.Popen[str]):
    """A process that a test which fails does not wait for."""

    def __exit__(self, *failure: Any) -> None:
        self.kill()
        super().__exit__(*failure)


def start_program(configuration: Path, *arguments: str) -> Program:
    """`abuse-intake` as a process of its own, its output kept."""
    return Program(
        [sys.executable, "-m", "abuse_intake", "--config", str(configuration), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def await_truth(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until the condition holds; fail when it does not in that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
