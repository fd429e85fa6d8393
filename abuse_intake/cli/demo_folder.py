"""The folder that the demo makes: a configuration and the mails that we ship; one with work in it is kept."""

import itertools
import shutil
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path

import click

from abuse_intake.cli.output import print_paragraph
from abuse_intake.errors import ConfigurationError
from storage.audit import list_audit
from storage.database import Database
from storage.errors import StorageError
from storage.values import AuditFilter, ObjectKind

SHIPPED = ("tenants.jsonl", "dkim-keys.jsonl")
"""Files that the demo copies from the program, besides the mails."""

MARKER = ".abuse-intake-demo"
"""Lies in a folder that the demo made, so that it may be made anew."""

CONFIGURATION = """\
# Made by `abuse-intake demo`. docs/configuration.md explains every key.
[mailbox]
url = "maildir://Maildir"
address = "junk@provider.example"
[database]
url = "sqlite:///abuse-intake.db"
[outbox]
url = "maildir://outbox"
[provider]
name = "Provider Example"
relays = ["203.0.113.0/26"]
hosts = ["*.out.provider.example"]
[tenants]
directory = "tenants.jsonl"
[dkim]
keys = "dkim-keys.jsonl"
dns = false
"""

DATABASE = "abuse-intake.db"
OWN_FILES = frozenset(
    {
        MARKER,
        "abuse-intake.toml",
        "tenants.jsonl",
        "dkim-keys.jsonl",
        DATABASE,
        f"{DATABASE}-wal",
        f"{DATABASE}-shm",
    }
)
"""What the demo and its program make at the top of the folder, beside the Maildirs."""


def make_room(into: Path) -> None:
    """Take an earlier demo's folder out of the way, and say so; one that holds work of the user's is kept."""
    if not into.exists() or not any(into.iterdir()):
        return
    if not (into / MARKER).exists():
        raise ConfigurationError(
            f"{into} is there and no earlier demo made it: name another folder with --into"
        )
    if own := _find_work(into):
        kept = _free_name(into)
        into.rename(kept)
        print_paragraph(
            f"{into} holds changes of yours ({own}): it is kept as {kept}, and a new one is made."
        )
        click.echo()
    else:
        shutil.rmtree(into)
        print_paragraph(f"{into} was made by an earlier demo; it is made anew.")
        click.echo()


def _find_work(into: Path) -> str | None:
    """The first file, as a path within the folder, that the demo did not make or that was edited since."""
    shipped = files("abuse_intake") / "demo"
    expected = {
        "abuse-intake.toml": CONFIGURATION.encode(),
        **{name: (shipped / name).read_bytes() for name in SHIPPED},
    }
    for name, content in expected.items():
        if not (into / name).is_file() or (into / name).read_bytes() != content:
            return name
    stems = {mail.name.removesuffix(".eml") for mail in (shipped / "mails").iterdir()}
    found = (path for path in sorted(into.rglob("*")) if not path.is_dir() or path.is_symlink())
    own = (str(path.relative_to(into)) for path in found if not _is_own(path.relative_to(into), stems))
    return next(own, None) or (DATABASE if _holds_decisions(into / DATABASE) else None)


def _holds_decisions(file: Path) -> bool:
    """Whether somebody decided something there, or made a token; the demo itself does neither."""
    if not file.exists():
        return False
    try:
        with closing(Database(f"sqlite:///{file}")) as database, database.read() as session:
            kinds: tuple[ObjectKind, ...] = ("incident", "token", "tenants")
            return any(True for kind in kinds for _ in list_audit(session, AuditFilter(object_kind=kind), 1))
    except StorageError:
        return True  # of another version, or damaged: nobody can tell


def _is_own(path: Path, stems: set[str]) -> bool:
    """Whether the demo and its program made a file: at the top, a shipped mail, or an acknowledgement."""
    if len(path.parts) == 1:
        return path.name in OWN_FILES
    if path.parts[0] == "Maildir":
        return path.name == "maildirfolder" or path.name.partition(":")[0] in stems
    return path.parts[0] == "outbox"


def _free_name(into: Path) -> Path:
    return next(
        kept
        for number in itertools.count(1)
        if not (kept := into.parent / f"{into.name}.old-{number}").exists()
    )


def make_folder(into: Path) -> None:
    """Put the configuration, the directory, the keys and the mails there."""
    (into / "Maildir" / "new").mkdir(parents=True)
    (into / "Maildir" / "cur").mkdir()
    (into / "Maildir" / "tmp").mkdir()
    (into / MARKER).touch()
    (into / "abuse-intake.toml").write_text(CONFIGURATION, encoding="utf-8")
    with as_file(files("abuse_intake") / "demo") as shipped:
        for name in SHIPPED:
            shutil.copy(shipped / name, into)
        for mail in sorted((shipped / "mails").iterdir()):
            shutil.copyfile(mail, into / "Maildir" / "new" / mail.stem)


def count_mails(into: Path) -> int:
    """How many mails wait there."""
    return len(list((into / "Maildir" / "new").iterdir()))
