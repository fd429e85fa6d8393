"""The archive of published keys."""

import json
import os
from pathlib import Path

import pytest
from signing import DOMAIN, name_of, write_archive
from signing_keys import ed25519_key, rsa_key
from structlog.testing import capture_logs

from abuse_intake.attribution.dkim.archive import EXAMPLE, KeyArchive
from abuse_intake.attribution.dkim.keyring import open_keyring
from abuse_intake.errors import KeyArchiveError
from abuse_intake.settings_attribution import DkimSettings

ONE, OTHER = rsa_key().record, rsa_key(1024, 1).record


def _archive(path: Path) -> KeyArchive:
    archive = KeyArchive(path)
    archive.refresh(is_first=True)
    return archive


def test_all_keys_of_a_name_are_kept_in_their_order(tmp_path: Path) -> None:
    """Names are as the DNS takes them: in any case, with a final dot or without. Revoked keys are kept too."""
    archive = _archive(
        write_archive(
            tmp_path / "keys",
            ("Contoso.Example.", "S1", ONE),
            (DOMAIN, "s1", OTHER),
            (DOMAIN, "revoked", "v=DKIM1; p="),
            ("mail.contoso.example", "a.b_c", ed25519_key().record),
        )
    )

    assert archive.find(name_of()) == (ONE, OTHER)
    assert archive.find(name_of(selector="revoked")) == ("v=DKIM1; p=",)
    assert archive.find("a.b_c._domainkey.mail.contoso.example") == (ed25519_key().record,)
    assert archive.find(name_of(selector="unknown")) == ()
    assert archive.count() == 4


GOOD = {"domain": DOMAIN, "selector": "s1", "record": ONE}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", f"line 3: is no JSON object: a name in double quotes expected at column 2; a line looks like {EXAMPLE}"),
        (json.dumps(GOOD | {"selector": "S1._DomainKey"}), """between selector and domain; write "selector": "s1\""""),
        (json.dumps(GOOD | {"domain": "s1._domainkey.a.example."}), """and domain; write "domain": "a.example\""""),
        (json.dumps(GOOD | {"selector": "_domainkey"}), "field 'selector' holds _domainkey, which stands between"),
        ("[]", "not a JSON object; a line looks like"),
        (json.dumps(GOOD | {"since": "x"}), "unknown field 'since'; known are domain, selector, record"),
        (json.dumps(GOOD | {"domain": 7}), "field 'domain' must be text"),
        (json.dumps(GOOD | {"selector": ""}), "field 'selector' must be text"),
        (json.dumps({"domain": DOMAIN, "selector": "s1"}), "field 'record' must be text"),
        (json.dumps(GOOD | {"domain": "a b.example"}), "no key can be published under selector 's1' of 'a b.example'"),
        (json.dumps(GOOD | {"selector": "a..b"}), "no key can be published under selector 'a..b'"),
        (json.dumps(GOOD | {"record": "v=spf1 -all"}), "field 'record' is no key record"),
        (json.dumps(GOOD | {"record": "v=DKIM1; p=AAAA"}), "field 'record' is no key record"),
        (json.dumps(GOOD | {"record": f"{ONE}…"}), "field 'record' is no key record"),
        ("[" * 100_000, "recursion"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(line: str, complaint: str, tmp_path: Path) -> None:
    """The file, the line, and what is wrong with it."""
    file = write_archive(tmp_path / "keys", (DOMAIN, "s1", ONE))
    file.write_text(f"{file.read_text()}\n{line}\n")

    with pytest.raises(KeyArchiveError) as caught:
        _archive(file)

    assert f"{file}, line 3: " in str(caught.value)
    assert complaint in str(caught.value)


def test_an_archive_that_is_not_there_is_an_error_and_none_is_none(tmp_path: Path) -> None:
    """Where it is configured it must be readable; relative to the configuration's folder."""
    with pytest.raises(KeyArchiveError, match=r"dkim\.keys .*keys cannot be read: No such file"):
        open_keyring(DkimSettings(keys=Path("keys")), tmp_path)

    keyring = open_keyring(DkimSettings(dns=False))

    assert (keyring.archive.count(), keyring.dns) == (0, None)


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    """Which line to look at, in the words for a tenants file."""
    file = write_archive(tmp_path / "keys", (DOMAIN, "s1", ONE))
    file.write_bytes(file.read_bytes() + b'{"domain": "caf\xe9.example"}\n')

    with pytest.raises(KeyArchiveError, match=r"^dkim\.keys .*keys cannot be read: line 2 is not UTF-8$"):
        _archive(file)


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    """A pipe without a writer would hold the program for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(KeyArchiveError, match=r"dkim\.keys .*pipe is no regular file"):
        _archive(pipe)


def test_it_is_read_again_when_it_changes(tmp_path: Path) -> None:
    """And only then."""
    file = write_archive(tmp_path / "keys", (DOMAIN, "s1", ONE))
    archive = _archive(file)

    write_archive(file, (DOMAIN, "s2", OTHER))
    archive.refresh()

    assert archive.find(name_of()) == ()
    assert archive.find(name_of(selector="s2")) == (OTHER,)


def test_one_that_has_become_wrong_leaves_what_was_read_in_force(tmp_path: Path) -> None:
    """It is told once, and once more when it is right again."""
    file = write_archive(tmp_path / "keys", (DOMAIN, "s1", ONE))
    archive = _archive(file)

    with capture_logs() as told:
        file.write_text("{\n")
        archive.refresh()
        archive.refresh()
        kept, problem = archive.find(name_of()), archive.problem
        write_archive(file, (DOMAIN, "s1", ONE), (DOMAIN, "s2", OTHER))
        os.utime(file, ns=(1, 1))
        archive.refresh()

    assert kept == (ONE,)
    assert problem is not None
    assert f"{file}, line 1: " in problem
    assert [entry["log_level"] for entry in told] == ["error", "info"]
    assert (archive.problem, archive.count()) == (None, 2)
