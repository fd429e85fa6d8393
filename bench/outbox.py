"""How many acknowledgements a second leave over SMTP, with one connection and with several, near and far.

python bench/outbox.py [--mails 100] [--rounds 3] [--delay 20] [--postgresql URL] [--json]

The server is Postfix's smtp-sink on loopback: near, and behind a relay that holds each of its answers back for
`--delay` milliseconds, as the way to another host does. PostgreSQL is measured where an empty database is given.
"""

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

from measuring import Candidate, Taken, measure, show, summarise, take_turns
from sqlalchemy import create_engine, text

from abuse_intake.outbox import Outbox
from abuse_intake.outbox.smtp import SmtpCarrier
from abuse_intake.urls import ServiceUrl
from storage import acknowledgements, mails, outbox_records
from storage.database import Database
from storage.values import Arrival, NewAcknowledgement, Place

HOST = "127.0.0.1"
CONNECTIONS = (1, 2, 4, 8)
TEXT = "Thank you for your report. We look at every one.\r\n" * 30


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mails", type=int, default=100, help="letters a round (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="default %(default)s")
    parser.add_argument("--delay", type=float, default=20, help="milliseconds (default %(default)s)")
    parser.add_argument("--postgresql", help="postgresql+psycopg://…, an empty database")
    parser.add_argument("--json", action="store_true", help="JSON Lines")
    arguments, _ = parser.parse_known_args()  # `make bench` tells all of its programs the same
    if not _find_sink():
        print("no smtp-sink here: install postfix to measure the outbox")  # noqa: T201
        return
    with _sink() as near, _far(near, arguments.delay / 1000) as far, tempfile.TemporaryDirectory() as folder:
        databases = {"SQLite": f"sqlite:///{folder}/bench.db"}
        if arguments.postgresql:
            databases["PostgreSQL"] = arguments.postgresql
        ports = {"near": near, f"{arguments.delay:g} ms away": far}
        candidates: dict[str, Candidate] = {
            f"outbox, {name}, {where}, {count} at once": partial(
                _time_delivery, url, port, count, arguments.mails
            )
            for name, url in databases.items()
            for where, port in ports.items()
            for count in CONNECTIONS
        }
        for name, taken in take_turns(candidates, arguments.rounds).items():
            show(summarise(name, taken, arguments.mails), arguments.json)


def _time_delivery(url: str, port: int, connections: int, count: int) -> Taken:
    database = Database(url)
    database.require_current()
    _fill(database, count)
    carrier = SmtpCarrier(ServiceUrl("smtp", "", HOST, port), None, None, connections=connections)
    taken = measure(Outbox(carrier, database).deliver_due)
    with database.read() as session:
        waiting = list(outbox_records.list_acknowledgements(session, "waiting", 0))
    database.close()
    _empty(url)
    assert not waiting
    return taken


def _fill(database: Database, count: int) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        for number in range(count):
            place, raw = Place(1, str(number)), b"%d" % number
            arrival = Arrival(place, raw, sha256(raw).hexdigest(), now)
            kept = mails.keep_mails(session, "bench://", [arrival])[place]
            letter = _write_letter(number, now)
            acknowledgements.put_into_outbox(session, int(kept.mail_id), letter, now)


def _write_letter(number: int, now: datetime) -> NewAcknowledgement:
    to, id = f"reporter{number}@woodgrove.example", f"<ack.{number}@provider.example>"
    head = f"From: junk@provider.example\r\nTo: {to}\r\nSubject: Your report\r\nMessage-ID: {id}\r\n\r\n"
    return NewAcknowledgement(to, id, f"{head}{TEXT}".encode(), now)


def _empty(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in ("acknowledgements", "deliveries", "mail_contents", "mails"):
            connection.execute(text(f"DELETE FROM {table}"))
    engine.dispose()


def _find_sink() -> str | None:
    return shutil.which("smtp-sink", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))


@contextmanager
def _sink() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    user = ["-u", "postfix"] if os.geteuid() == 0 else []
    process = subprocess.Popen([str(_find_sink()), *user, f"{HOST}:{port}", "200"])
    try:
        for _ in range(100):
            with suppress(OSError):
                socket.create_connection((HOST, port), timeout=1).close()
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _far(port: int, seconds: float) -> Iterator[int]:
    """A relay to that port, whose every answer takes so long."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
        while data := await reader.read(65536):
            await asyncio.sleep(delay)
            writer.write(data)
        writer.close()

    async def converse(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(HOST, port)
        await asyncio.gather(pass_on(client, to_server, 0), pass_on(server, to_client, seconds))

    starting = asyncio.start_server(converse, HOST, 0)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


if __name__ == "__main__":
    main()
