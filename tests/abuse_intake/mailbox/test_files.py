"""Mail in files: what is listed, how it is known, and how it is filed away without a loss."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from intake_world import list_files, make_maildir, open_maildir, put
from servers.programs import make_folder

from abuse_intake.errors import MailboxError
from abuse_intake.mailbox import Mailbox, files
from abuse_intake.mailbox.files import FolderMailbox
from abuse_intake.urls import ServiceUrl
from storage.values import Place

NOBODY = 65534


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """An empty Maildir."""
    return make_maildir(tmp_path / "Maildir")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for .eml files."""
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


@pytest.fixture
def shared_maildir() -> Iterator[Path]:
    """A Maildir below folders that anyone may enter, unlike pytest's own."""
    root = make_folder("maildir")
    yield make_maildir(root / "Maildir")
    shutil.rmtree(root)


def open_folder(root: Path) -> FolderMailbox:
    return FolderMailbox(ServiceUrl("folder", str(root)))


@contextmanager
def acting_as_nobody() -> Iterator[None]:
    """As root, files that nobody may read are read all the same: become somebody who may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def list_uids(mailbox: Mailbox) -> list[str]:
    return [place.uid for places in mailbox.list_places(100) for place in places]


def test_new_and_cur_are_listed_oldest_first(maildir: Path) -> None:
    """What lies in new/ and in cur/ waits, in the order of its times, without the flags in its name."""
    put(maildir, "second", b"2", mtime=2)
    put(maildir, "cur/first:2,S", b"1", mtime=1)
    put(maildir, "tmp/unfinished", b"0", mtime=0)

    (places,) = open_maildir(maildir).list_places(10)

    assert [place.uid for place in places] == ["first", "second"]


def test_at_most_the_limit_is_listed_at_a_time(maildir: Path) -> None:
    """Many mails come in lists of the size that was asked for."""
    for number in range(5):
        put(maildir, f"mail{number}", b"x", mtime=number)

    sizes = [len(places) for places in open_maildir(maildir).list_places(2)]

    assert sizes == [2, 2, 1]


def test_bytes_come_as_they_lie(maildir: Path) -> None:
    """NUL, lone CR, LF and bytes that are no text are fetched as they are."""
    raw = b"Subject: \xff\x00\r\n\rlone\nend"
    put(maildir, "mail", raw)
    mailbox = open_maildir(maildir)

    (places,) = mailbox.list_places(10)

    assert [content for _, content in mailbox.fetch(places)] == [raw]


def test_looking_changes_nothing(maildir: Path) -> None:
    """Listing and fetching leave each file where it lies, under its name."""
    put(maildir, "mail", b"x")
    mailbox = open_maildir(maildir)

    list(mailbox.fetch(next(mailbox.list_places(10))))

    assert list_files(maildir) == ["new/mail"]


def test_a_time_that_no_database_takes_is_no_fault(maildir: Path) -> None:
    """A file from beyond the year 2262 is known by a number that can be kept."""
    put(maildir, "mail", b"x", mtime=2**63 + 10**18)

    ((place,),) = open_maildir(maildir).list_places(10)

    assert 0 <= place.validity < 2**63


def test_two_files_of_one_name_and_time_are_two_mails(maildir: Path) -> None:
    """Neither hides the other, so that neither is filed away unread."""
    put(maildir, "mail", b"one", mtime=5)
    put(maildir, "cur/mail:2,", b"two", mtime=5)
    mailbox = open_maildir(maildir)
    (places,) = mailbox.list_places(10)

    fetched = [raw for _, raw in mailbox.fetch(places)]

    assert sorted(fetched) == [b"one", b"two"]


def test_a_name_that_looks_like_an_escaped_one_is_another(maildir: Path) -> None:
    """A byte that is no UTF-8, and the text that it is shown as, are two names."""
    put(maildir, "z\udcfe", b"one", mtime=5)
    put(maildir, "z\\xfe", b"two", mtime=5)

    (places,) = open_maildir(maildir).list_places(10)

    assert len({place.uid for place in places}) == 2


def test_a_name_that_grows_too_long_is_shortened(maildir: Path) -> None:
    """The flags that a filed name gets do not make it longer than file systems allow."""
    put(maildir, "n" * 254, b"x")
    mailbox = open_maildir(maildir)
    (places,) = mailbox.list_places(10)

    stayed = mailbox.file_away([(places[0], "Other")])

    (filed,) = (maildir / ".Other" / "cur").iterdir()
    assert (stayed, len(filed.name), filed.name[-3:]) == (set(), 255, ":2,")


def test_a_moved_and_flagged_mail_is_the_same(maildir: Path) -> None:
    """A mail that another program marks as seen keeps its place's name."""
    path = put(maildir, "mail", b"x")
    (before,) = open_maildir(maildir).list_places(10)

    path.rename(maildir / "cur" / "mail:2,S")

    (after,) = open_maildir(maildir).list_places(10)
    assert after == before


def test_another_mail_under_a_used_name_is_another(maildir: Path) -> None:
    """A name that comes again with another time means another mail."""
    put(maildir, "mail", b"one", mtime=1)
    (first,) = open_maildir(maildir).list_places(10)

    put(maildir, "mail", b"two", mtime=2)

    (second,) = open_maildir(maildir).list_places(10)
    assert second != first


def test_a_maildir_mail_goes_into_the_cur_of_a_folder_beside(maildir: Path) -> None:
    """Filing away makes the folder, as Maildir++ names it, and gives the name the mark of cur/."""
    put(maildir, "mail", b"x")
    mailbox = open_maildir(maildir)
    ((place,),) = mailbox.list_places(10)

    mailbox.file_away([(place, "Processed")])

    assert list_files(maildir) == [".Processed/cur/mail:2,"]
    assert {path.name for path in (maildir / ".Processed").iterdir()} == {
        "cur",
        "new",
        "tmp",
        "maildirfolder",
    }


def test_flags_go_along(maildir: Path) -> None:
    """A mail that was flagged keeps its flags in the folder."""
    put(maildir, "cur/mail:2,FS", b"x")
    mailbox = open_maildir(maildir)
    ((place,),) = mailbox.list_places(10)

    mailbox.file_away([(place, "Processed")])

    assert list_files(maildir) == [".Processed/cur/mail:2,FS"]


def test_a_folder_in_a_folder_is_named_with_a_dot(maildir: Path) -> None:
    """`Abuse/Processed` becomes Maildir++'s `.Abuse.Processed`."""
    put(maildir, "mail", b"x")
    mailbox = open_maildir(maildir)
    ((place,),) = mailbox.list_places(10)

    mailbox.file_away([(place, "Abuse/Processed")])

    assert list_files(maildir) == [".Abuse.Processed/cur/mail:2,"]


def test_nothing_is_filed_over_another_mail(maildir: Path) -> None:
    """When the name is taken in the folder, both mails are there afterwards."""
    put(make_maildir(maildir / ".Processed"), "cur/mail:2,", b"earlier")
    put(maildir, "mail", b"later")
    mailbox = open_maildir(maildir)
    ((place,),) = mailbox.list_places(10)

    mailbox.file_away([(place, "Processed")])

    contents = {path.name: path.read_bytes() for path in (maildir / ".Processed/cur").iterdir()}
    assert contents == {"mail:2,": b"earlier", "mail.1:2,": b"later"}


def test_one_name_twice_in_a_batch_loses_nothing(maildir: Path) -> None:
    """Two mails of one name, in new/ and in cur/, are both fetched and both filed."""
    put(maildir, "mail", b"one", mtime=1)
    put(maildir, "cur/mail:2,", b"two", mtime=2)
    mailbox = open_maildir(maildir)
    (places,) = mailbox.list_places(10)

    fetched = [raw for _, raw in mailbox.fetch(places)]
    mailbox.file_away([(place, "Processed") for place in places])

    filed = sorted(path.read_bytes() for path in (maildir / ".Processed/cur").iterdir())
    assert (fetched, filed) == ([b"one", b"two"], [b"one", b"two"])


def test_filing_away_keeps_the_identity(maildir: Path) -> None:
    """A filed mail that a person moves back is known again."""
    put(maildir, "mail", b"x")
    mailbox = open_maildir(maildir)
    ((place,),) = mailbox.list_places(10)
    mailbox.file_away([(place, "Processed")])

    (maildir / ".Processed/cur/mail:2,").rename(maildir / "cur/mail:2,")

    assert list(open_maildir(maildir).list_places(10)) == [[place]]


def test_a_mail_that_has_gone_is_left_out(maildir: Path) -> None:
    """Whatever vanishes between the look and the fetch costs only itself."""
    put(maildir, "gone", b"x", mtime=1)
    put(maildir, "here", b"y", mtime=2)
    mailbox = open_maildir(maildir)
    (places,) = mailbox.list_places(10)
    (maildir / "new/gone").unlink()

    fetched = [place.uid for place, _ in mailbox.fetch(places)]

    assert (fetched, mailbox.problems) == (["here"], [])


def test_a_mail_that_has_gone_need_not_be_filed(maildir: Path) -> None:
    """Filing a mail that somebody else moved is no error, and the others are filed."""
    put(maildir, "gone", b"x", mtime=1)
    put(maildir, "here", b"y", mtime=2)
    mailbox = open_maildir(maildir)
    (places,) = mailbox.list_places(10)
    (maildir / "new/gone").unlink()

    mailbox.file_away([(place, "Processed") for place in places])

    assert list_files(maildir) == [".Processed/cur/here:2,"]


def test_an_unreadable_mail_is_a_problem_and_the_others_go_on(shared_maildir: Path) -> None:
    """A file without permission is told in one line and stays; its neighbours are fetched."""
    put(shared_maildir, "closed", b"x", mtime=1).chmod(0)
    put(shared_maildir, "open", b"y", mtime=2).chmod(0o644)
    mailbox = open_maildir(shared_maildir)
    (places,) = mailbox.list_places(10)

    with acting_as_nobody():
        fetched = [raw for _, raw in mailbox.fetch(places)]

    assert fetched == [b"y"]
    assert mailbox.problems == [f"{shared_maildir}/new/closed cannot be read and stays: Permission denied"]


def test_a_problem_is_forgotten_at_the_next_look(maildir: Path) -> None:
    """Problems are those since the last listing."""
    mailbox = open_maildir(maildir)
    mailbox.problems.append("something")

    list(mailbox.list_places(10))

    assert mailbox.problems == []


@pytest.mark.parametrize("missing", ["", "new", "cur"])
def test_a_missing_maildir_is_one_line(tmp_path: Path, missing: str) -> None:
    """What is missing is named, with what to do."""
    root = tmp_path / "Maildir"
    if missing:
        (make_maildir(root) / missing).rmdir()

    with pytest.raises(MailboxError) as error:
        list(open_maildir(root).list_places(10))

    expected = root / (missing or "new")
    assert str(error.value) == f"mailbox {expected} is not there: create it, or correct mailbox.url"


def test_a_mailbox_that_may_not_be_read_is_one_line(shared_maildir: Path) -> None:
    """A folder without permission is named, with what to do."""
    (shared_maildir / "new").chmod(0)

    with acting_as_nobody(), pytest.raises(MailboxError) as error:
        list(open_maildir(shared_maildir).list_places(10))

    (shared_maildir / "new").chmod(0o755)
    assert (
        str(error.value) == f"{shared_maildir}/new may not be read or moved by this user: correct its owner"
    )


def test_a_file_in_place_of_the_mailbox_is_one_line(tmp_path: Path) -> None:
    """A path that is no folder is told as the system tells it."""
    (tmp_path / "Maildir").write_bytes(b"")

    with pytest.raises(MailboxError, match=r"Maildir/new: Not a directory$"):
        list(open_maildir(tmp_path / "Maildir").list_places(10))


def test_a_mail_that_may_not_be_moved_stays_and_is_told(shared_maildir: Path) -> None:
    """It costs itself only: what can be moved is."""
    put(shared_maildir, "mail", b"x")
    mailbox = open_maildir(shared_maildir)
    ((place,),) = mailbox.list_places(10)
    shared_maildir.chmod(0o555)

    with acting_as_nobody():
        stayed = mailbox.file_away([(place, "Processed")])

    shared_maildir.chmod(0o755)
    assert stayed == {place}
    assert [problem.endswith("Permission denied") for problem in mailbox.problems] == [True]
    assert list_files(shared_maildir) == ["new/mail"]


def test_only_regular_files_are_mail(maildir: Path) -> None:
    """Folders, dotfiles, pipes and symbolic links in new/ are left alone."""
    put(maildir, "mail", b"x")
    put(maildir, ".hidden", b"x")
    (maildir / "new/folder").mkdir()
    os.mkfifo(maildir / "new/pipe")
    (maildir / "new/link").symlink_to(maildir / "new/mail")

    uids = list_uids(open_maildir(maildir))

    assert uids == ["mail"]


def test_a_name_that_is_no_text_is_worked(maildir: Path) -> None:
    """Bytes in a file's name that are no UTF-8 are escaped where it is named, and the mail is filed."""
    name = os.fsdecode(b"mail-\xff")
    put(maildir, name, b"x")
    mailbox = open_maildir(maildir)
    ((place,),) = mailbox.list_places(10)

    fetched = list(mailbox.fetch([place]))
    mailbox.file_away([(place, "Processed")])

    assert fetched == [(Place(place.validity, r"mail-\xff"), b"x")]
    assert (maildir / ".Processed/cur" / f"{name}:2,").exists()


def test_check_counts_what_waits(maildir: Path) -> None:
    """`check` says how many mails wait, and changes nothing."""
    put(maildir, "mail", b"x")

    answer = open_maildir(maildir).check()

    assert answer == f"maildir://{maildir}: 1 waiting"
    assert list_files(maildir) == ["new/mail"]


def test_a_folder_lists_eml_files(folder: Path) -> None:
    """Only files that end in .eml, in any case, are mail; those in sub-folders are not."""
    (folder / "one.eml").write_bytes(b"1")
    (folder / "TWO.EML").write_bytes(b"2")
    (folder / "notes.txt").write_bytes(b"no")
    (folder / ".hidden.eml").write_bytes(b"no")
    (folder / "Processed").mkdir()
    (folder / "Processed/old.eml").write_bytes(b"no")
    (folder / "folder.eml").mkdir()
    (folder / "link.eml").symlink_to(folder / "one.eml")

    uids = list_uids(open_folder(folder))

    assert sorted(uids) == ["TWO.EML", "one.eml"]


def test_a_folder_files_into_a_folder_of_its_own(folder: Path) -> None:
    """Filing away moves the file, with its name, into a folder that is made when it is missing."""
    (folder / "one.eml").write_bytes(b"1")
    mailbox = open_folder(folder)
    ((place,),) = mailbox.list_places(10)

    mailbox.file_away([(place, "Processed")])

    assert list_files(folder) == ["Processed/one.eml"]


def test_a_second_file_of_one_name_is_numbered(folder: Path) -> None:
    """A file whose name is taken in the folder gets a number before its ending."""
    (folder / "Processed").mkdir()
    (folder / "Processed/one.EML").write_bytes(b"earlier")
    (folder / "one.EML").write_bytes(b"later")
    mailbox = open_folder(folder)
    ((place,),) = mailbox.list_places(10)

    mailbox.file_away([(place, "Processed")])

    assert (folder / "Processed/one.1.EML").read_bytes() == b"later"
    assert (folder / "Processed/one.EML").read_bytes() == b"earlier"


def test_a_file_that_is_replaced_after_it_was_listed_is_another_mail(folder: Path) -> None:
    """A program that exports under one name again and again loses nothing: the new file waits for the next look."""
    (folder / "export.eml").write_bytes(b"first")
    mailbox = open_folder(folder)
    (places,) = mailbox.list_places(10)
    fetched = [raw for _, raw in mailbox.fetch(places)]
    (folder / "next").write_bytes(b"second")
    (folder / "next").rename(folder / "export.eml")

    stayed = mailbox.file_away([(place, "Processed") for place in places])

    assert fetched == [b"first"]
    assert stayed == set(places)
    assert (folder / "export.eml").read_bytes() == b"second"


def test_a_file_that_is_too_large_is_not_read_and_told(
    maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No database takes it, and it must not keep the others from being read."""
    monkeypatch.setattr(files, "MAX_FETCHED_BYTES", 3)
    put(maildir, "large", b"four", mtime=1)
    put(maildir, "small", b"abc", mtime=2)
    mailbox = open_maildir(maildir)
    (places,) = mailbox.list_places(10)

    fetched = [raw for _, raw in mailbox.fetch(places)]

    assert fetched == [b"abc"]
    assert mailbox.oversized == [places[0]]
    assert "is larger than" in mailbox.problems[0]


def test_what_is_still_there_is_known(maildir: Path) -> None:
    """Asked for some places, the mailbox names those whose file is there, moved within it or not."""
    put(maildir, "one", b"1", mtime=1)
    put(maildir, "two", b"2", mtime=2)
    mailbox = open_maildir(maildir)
    (places,) = mailbox.list_places(10)
    (maildir / "new/one").unlink()
    (maildir / "new/two").rename(maildir / "cur/two:2,S")

    assert mailbox.find_present(places) == {places[1]}


def test_files_tell_of_no_mail(maildir: Path) -> None:
    """A wait is a pause, which ends when it is told to stop."""
    mailbox = open_maildir(maildir)

    is_told = mailbox.wait_for_mail(60, lambda: True)

    assert (is_told, mailbox.tells_of_mail) == (False, False)
