"""A Postfix of its own on loopback, with private folders; what it takes is delivered into one Maildir."""

import os
import pwd
import shutil
import smtplib
import subprocess
import time
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from types import TracebackType
from typing import Self

from servers.certificate import make_certificate
from servers.programs import (
    HOST,
    ServerFailed,
    ServerMissing,
    find_free_port,
    find_program,
    make_folder,
    read_end,
)

OWNER = "postfix"
START_SECONDS = 20
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = {owner}
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mx.faithful.example
inet_interfaces = {host}
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
alias_maps =
default_transport = virtual
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_received_header = yes
smtpd_helo_required = yes
smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
smtpd_recipient_restrictions =
    check_recipient_access inline:{{ {{ gone@woodgrove.example = 550 5.1.1 No such user }} }}, permit_mynetworks, reject
"""
MASTER = """\
{host}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A context manager; listens on `port`, offers STARTTLS with `certificate`, knows no gone@woodgrove.example."""

    def __init__(self) -> None:
        self._program = find_program("postfix", "postfix")
        if os.geteuid() != 0:
            raise ServerMissing("postfix (which only root may start)", "postfix")
        self.port = find_free_port()
        self._folder = make_folder("postfix")

    def __enter__(self) -> Self:
        try:
            self._configure()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._command("stop", check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, again with all that it has taken after a stop."""
        self._command("start")
        self._await_greeting()

    def stop(self) -> None:
        """Stop it, whatever it is at; what it has taken lies in its queue."""
        self._command("abort")

    @property
    def certificate(self) -> Path:
        """The file of its certificate, which is its own authority."""
        return self._folder / "cert.pem"

    def messages(self) -> list[Message]:
        """What was delivered."""
        return [message_from_bytes(file.read_bytes()) for file in (self._folder / "mail/all/new").glob("*")]

    def await_messages(self, count: int, seconds: float = 30) -> list[Message]:
        """What was delivered, as soon as it is so many."""
        deadline = time.monotonic() + seconds
        while len(found := self.messages()) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(found)} of {count} came:\n{read_end(self._folder / 'postfix.log')}")
            time.sleep(0.05)
        return found

    def _configure(self) -> None:
        make_certificate(self._folder)
        user = pwd.getpwnam(OWNER)
        values = {
            "folder": self._folder, "owner": OWNER, "uid": user.pw_uid, "gid": user.pw_gid, "host": HOST,
            "port": self.port,
        }  # fmt: skip
        for name in ("queue", "data", "mail"):
            (self._folder / name).mkdir()
        for name in ("data", "mail"):
            shutil.chown(self._folder / name, user.pw_uid, user.pw_gid)
        # What checks the queue at a start writes here too, as the owner, when an abort left half a file.
        (self._folder / "postfix.log").touch()
        shutil.chown(self._folder / "postfix.log", user.pw_uid, user.pw_gid)
        (self._folder / "main.cf").write_text(MAIN.format(**values))
        (self._folder / "master.cf").write_text(MASTER.format(**values))

    def _command(self, name: str, *, check: bool = True) -> None:
        command = [self._program, "-c", str(self._folder), name]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise ServerFailed(f"{command!r}:\n{done.stderr}\n{read_end(self._folder / 'postfix.log')}")

    def _await_greeting(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                smtplib.SMTP(HOST, self.port, local_hostname="tests.example", timeout=5).close()
                return
            except (OSError, smtplib.SMTPException):
                if time.monotonic() > deadline:
                    raise ServerFailed(read_end(self._folder / "postfix.log")) from None
                time.sleep(0.05)
