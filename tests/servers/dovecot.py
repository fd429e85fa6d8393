"""A real Dovecot (2.3, Debian's dovecot-imapd) on loopback; anyone may log in with the password `secret`."""

import getpass
import grp
import imaplib
import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
from imapclient import IMAPClient, imap_utf7

from servers.certificate import make_certificate
from servers.programs import (
    HOST,
    await_port,
    end_process,
    find_free_port,
    find_program,
    make_folder,
    start_process,
)

PASSWORD = "secret"
MAIL_UID = 65534  # Dovecot refuses to keep mail as uid 0

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = {host}
disable_plaintext_auth = no
auth_mechanisms = plain login{token_mechanisms}
auth_failure_delay = 0
first_valid_uid = 1
mail_location = {storage}:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
mail_max_userip_connections = 50
mail_fsync = never
maildir_very_dirty_syncs = yes
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service imap-login {{
  inet_listener imap {{
    address = {host}
    port = {port}
  }}
  inet_listener imaps {{
    address = {host}
    port = {tls_port}
    ssl = yes
  }}
  {unrooted}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
  {unrooted}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
{capability}
"""
CAPABILITIES = (
    "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UIDPLUS MOVE CHILDREN UNSELECT MULTIAPPEND"
)
AS_ROOT = "default_internal_user = dovecot\ndefault_login_user = dovenull\n"
AS_SOMEBODY = (
    "default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n"
)
WITH_TLS = "ssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\n"
WITH_TOKENS = """\
passdb {{
  driver = oauth2
  mechanisms = {mechanisms}
  args = {folder}/oauth2.conf.ext
}}
"""
INTROSPECTION = """\
introspection_mode = auth
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


class Dovecot:
    """A context manager: IMAP on `port`; with `tls=True` also STARTTLS there and IMAPS on `tls_port`.

    With `oauth`, the URL of an introspection endpoint, it takes tokens by `token_mechanisms` as well.
    It does not tell of the capabilities that are `hidden`; `prefix` ("INBOX.") ends with the separator of folders.
    In `storage` "mdbox" a move costs the same in a folder of any size; `fill` and `mail_folder` want "maildir".
    """

    def __init__(
        self,
        *,
        tls: bool = False,
        oauth: str | None = None,
        token_mechanisms: tuple[str, ...] = ("xoauth2", "oauthbearer"),
        hidden: Collection[str] = (),
        prefix: str = "",
        storage: str = "maildir",
    ) -> None:
        self._oauth = oauth
        self._token_mechanisms = " ".join(token_mechanisms) if oauth else ""
        self._program = find_program("dovecot", "dovecot-imapd")
        self.port = find_free_port()
        self.tls_port = find_free_port() if tls else None
        self._folder = make_folder("dovecot")
        self.cert: Path | None = make_certificate(self._folder).cert if tls else None
        self._process: subprocess.Popen[bytes] | None = None
        self._hidden = hidden
        self._prefix = prefix
        self._storage = storage
        self._write_configuration()

    def __enter__(self) -> Self:
        try:
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

    @property
    def log(self) -> Path:
        """The server's log, for when a test wonders."""
        return self._folder / "dovecot.log"

    def start(self) -> None:
        """Start the server, again on the same ports and with the same mail after a stop."""
        command = [self._program, "-F", "-c", str(self._folder / "dovecot.conf")]
        with (self._folder / "output.log").open("ab") as output:
            self._process = start_process(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        log = self.log if self.log.exists() else self._folder / "output.log"
        for port in filter(None, (self.port, self.tls_port)):
            await_port(port, self._process, log)

    def stop(self) -> None:
        """Stop the server and cut its connections; the mail stays."""
        if self._process is not None:
            serving = psutil.Process(self._process.pid).children(recursive=True)
            end_process(self._process)
            self._process = None
            # Those who serve a connection hear of it a moment later, and would answer one more command.
            for process in serving:
                with suppress(psutil.NoSuchProcess):
                    process.kill()

    def append(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """Put one mail into a folder over IMAP, which is made when it is not there; LF becomes CRLF."""
        with self._log_in(user) as session:
            session.create(_quote(folder))  # refused when it is there, which is as good
            _expect(session.append(_quote(folder), "", "", raw))

    def fill(self, user: str, raws: Iterable[bytes]) -> None:
        """Put mails into the inbox without IMAP, the first the oldest: many in little time."""
        inbox = self.mail_folder(user)
        for folder in (inbox, *(inbox / name for name in ("cur", "new", "tmp"))):
            folder.mkdir(exist_ok=True)
            os.chown(folder, *self._owner)
        first = 1_700_000_000 + sum(1 for box in ("cur", "new") for _ in (inbox / box).iterdir())
        for number, raw in enumerate(raws, start=first):
            # Microseconds and a process that differ, as in life: Dovecot's hash takes other names for much the same.
            path = inbox / "new" / f"{number}.M{number * 7919 % 1_000_000}P{number * 31 % 32768}.test"
            path.write_bytes(raw)
            os.chown(path, *self._owner)

    def count(self, user: str, folder: str = "INBOX") -> int:
        """How many mails a folder holds; the server looks at all of them, however long that takes."""
        with self._log_in(user) as session:
            session.sock.settimeout(600)
            _, answer = session.select(_quote(folder))
            return int(answer[0] or b"0")

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Return the mails of a folder as IMAP gives them, oldest first; none without such a folder."""
        with self._log_in(user) as session:
            status, _ = session.select(_quote(folder), readonly=True)
            if status != "OK":
                return []
            answer = _expect(session.uid("FETCH", "1:*", "(BODY.PEEK[])"))
            return [part[1] for part in answer if isinstance(part, tuple)]

    def append_many(self, user: str, raws: Iterable[bytes], at_once: int = 500) -> None:
        """Put mails into the inbox over IMAP, many a command."""
        waiting = iter(raws)
        with IMAPClient(HOST, self.port, ssl=False, timeout=120) as session:
            session.login(user, PASSWORD)
            while some := list(islice(waiting, at_once)):
                session.multiappend("INBOX", some)

    def mail_folder(self, user: str, folder: str = "INBOX") -> Path:
        """The Maildir that a folder of a user lies in."""
        root = self._folder / "mail" / user
        return root if folder == "INBOX" else root / f".{imap_utf7.encode(folder.replace('/', '.')).decode()}"

    def renumber(self, user: str, folder: str = "INBOX") -> None:
        """Lose the numbers of the mails: the folder has another UIDVALIDITY from now on."""
        for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
            (self.mail_folder(user, folder) / name).unlink(missing_ok=True)

    def folders(self, user: str) -> set[str]:
        """Return the names of a user's folders, separated by `/`."""
        with self._log_in(user) as session:
            lines = [line for line in _expect(session.list()) if isinstance(line, bytes)]
        names = (re.search(rb'^\(.*?\) "/" "?(.*?)"?$', line) for line in lines)
        return {imap_utf7.decode(name[1]) for name in names if name}

    def _log_in(self, user: str) -> imaplib.IMAP4:
        session = imaplib.IMAP4(HOST, self.port, timeout=20)
        session.login(_quote(user), PASSWORD)
        return session

    def _write_configuration(self) -> None:
        is_root = os.geteuid() == 0
        self._owner = uid, gid = (MAIL_UID, MAIL_UID) if is_root else (os.getuid(), os.getgid())
        for name in ("mail", "home"):
            (self._folder / name).mkdir()
            os.chown(self._folder / name, uid, gid)
        text = CONFIGURATION.format(
            folder=self._folder, host=HOST, port=self.port, tls_port=self.tls_port or 0, uid=uid, gid=gid,
            password=PASSWORD, unrooted="" if is_root else "chroot =",
            token_mechanisms=f" {self._token_mechanisms}" if self._oauth else "",
            prefix=self._prefix, storage=self._storage,
            separator=self._prefix[-1:] or "/", capability=self._describe_capabilities(),
        )  # fmt: skip
        text += WITH_TLS.format(folder=self._folder) if self.cert else "ssl = no\n"
        text += (
            AS_ROOT
            if is_root
            else AS_SOMEBODY.format(user=getpass.getuser(), group=grp.getgrgid(gid).gr_name)
        )
        if self._oauth:
            text += WITH_TOKENS.format(folder=self._folder, mechanisms=self._token_mechanisms)
            (self._folder / "oauth2.conf.ext").write_text(INTROSPECTION.format(url=self._oauth))
        (self._folder / "dovecot.conf").write_text(text)

    def _describe_capabilities(self) -> str:
        shown = [name for name in CAPABILITIES.split() if name not in self._hidden]
        return f"imap_capability = {' '.join(shown)}" if self._hidden else ""

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _quote(name: str) -> str:
    encoded: str = imap_utf7.encode(name).decode()
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _expect(answer: tuple[str, list[Any]]) -> list[Any]:
    status, content = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"the test's own IMAP command got {status}: {content!r}")
    return content
