"""A real PostgreSQL on loopback, from Debian's newest /usr/lib/postgresql; empty at first, then gone."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from servers.programs import (
    HOST,
    ServerMissing,
    await_port,
    end_process,
    find_free_port,
    make_folder,
    start_process,
)

INSTALLED = Path("/usr/lib/postgresql")
SERVER_USER = "postgres"  # PostgreSQL refuses to run as root


class Postgresql:
    """A context manager; `url(database)` is for SQLAlchemy with psycopg, the superuser needs no password."""

    def __init__(self) -> None:
        self._programs = find_newest_programs()
        self.port = find_free_port()
        self._folder = make_folder("postgresql")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._initialise()
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()
        self._remove()

    def start(self) -> None:
        """Start the server, again on the same port and with the same databases after a stop."""
        options = {"listen_addresses": HOST, "port": self.port, "unix_socket_directories": self._folder}
        # Durable against a killed server, not against a power cut: that is enough for tests, and much faster.
        options |= {"fsync": "off", "max_connections": 200}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        log = self._folder / "postgresql.log"
        with log.open("ab") as output:
            command = [str(self._programs / "postgres"), "-D", str(self._folder / "data"), *arguments]
            self._process = start_process(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                **_as_server_user(),
            )
        await_port(self.port, self._process, log)
        self._run("psql", "-q", "-c", "select 1", "postgres")

    def stop(self) -> None:
        """Stop the server and cut its connections; the databases stay."""
        if self._process is not None:
            end_process(self._process, signal.SIGINT)
            self._process = None

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@{HOST}:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Create an empty database and return its URL."""
        self._run("createdb", name)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, cutting connections to it; fine when there is none."""
        self._run("dropdb", "--force", "--if-exists", name)

    def _initialise(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self._folder, SERVER_USER)
        options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        command = [str(self._programs / "initdb"), "-D", str(self._folder / "data"), *options]
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder, **_as_server_user())

    def _run(self, program: str, *arguments: str) -> None:
        command = [
            str(self._programs / program),
            "-h",
            HOST,
            "-p",
            str(self.port),
            "-U",
            "postgres",
            *arguments,
        ]
        for _ in range(100):  # the port opens a moment before the server takes sessions
            done = subprocess.run(command, capture_output=True, text=True, cwd="/")
            if "starting up" not in done.stderr:
                break
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def find_newest_programs() -> Path:
    """Return the bin folder of the newest installed version; raise ServerMissing when there is none."""
    found = [path.parent for path in INSTALLED.glob("*/bin/initdb") if (path.parent / "postgres").exists()]
    if not found:
        raise ServerMissing("PostgreSQL's server", "postgresql")
    return max(found, key=lambda path: float(path.parent.name))


def _as_server_user() -> dict[str, Any]:
    return {"user": SERVER_USER, "group": SERVER_USER, "extra_groups": []} if os.geteuid() == 0 else {}
