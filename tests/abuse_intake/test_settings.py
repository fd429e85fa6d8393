"""The configuration: every key, the environment over the file, and one line for everything that is wrong."""

import json
import os
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from abuse_intake.errors import ConfigurationError
from abuse_intake.outbox import open_carrier
from abuse_intake.settings import Settings, load_settings, resolve_database_url
from abuse_intake.settings_attribution import parse_nameserver

EVERY_KEY = """
[mailbox]
url = "imaps://junk%40provider.example@imap.provider.example/INBOX"
username = "junk"
password_file = "imap-password"
address = "junk@provider.example"
aliases = ["abuse@provider.example", "spam@provider.example"]
poll_seconds = 60
authserv_id = "mx.provider.example"
max_bytes = 1000000
[mailbox.folders]
report = "Done"
not_a_report = "Rest"
quarantined = "Odd"
[database]
url = "sqlite:///data/incidents.db"
[outbox]
url = "smtp://mail.provider.example:2525"
username = "sender"
password_file = "/run/secrets/smtp"
per_reporter_hour = 7
[provider]
name = "Provider Example"
relays = ["203.0.113.0/24", "2001:db8:1::/48"]
hosts = ["*.out.provider.example"]
[tenants]
directory = "tenants.jsonl"
[dkim]
keys = "dkim-keys.jsonl"
dns = false
"""
LEAST = """
[mailbox]
url = "maildir://Maildir"
address = "junk@provider.example"
[outbox]
url = "maildir://outbox"
"""
LEAST_VARIABLES = {
    "ABUSE_INTAKE_MAILBOX__URL": "maildir:///var/mail/abuse",
    "ABUSE_INTAKE_MAILBOX__ADDRESS": "junk@provider.example",
    "ABUSE_INTAKE_OUTBOX__URL": "smtp://localhost",
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ABUSE_INTAKE_")]:
        monkeypatch.delenv(name)


def _load(text: str, folder: Path = Path()) -> Settings:
    file = folder / "abuse-intake.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file)


def _complaint(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        _load(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_key_of_the_mailbox_is_read() -> None:
    """All keys of [mailbox] and [mailbox.folders] have their effect."""
    settings = _load(EVERY_KEY)
    mailbox = settings.need_mailbox()

    assert str(settings.mailbox_url()) == "imaps://junk%40provider.example@imap.provider.example:993/INBOX"
    assert mailbox.username == "junk"
    assert mailbox.password_file == Path("imap-password")
    assert mailbox.address == "junk@provider.example"
    assert mailbox.aliases == ("abuse@provider.example", "spam@provider.example")
    assert (mailbox.poll_seconds, mailbox.authserv_id, mailbox.max_bytes) == (
        60,
        "mx.provider.example",
        1_000_000,
    )
    assert [mailbox.folders.folder_of(name) for name in ("report", "not_a_report", "quarantined")] == [
        "Done",
        "Rest",
        "Odd",
    ]


def test_every_other_key_is_read(tmp_path: Path) -> None:
    """All keys of the other sections have their effect."""
    settings = _load(EVERY_KEY)
    outbox = settings.need_outbox()

    assert settings.database_url() == f"sqlite:///{tmp_path}/data/incidents.db"
    assert str(settings.outbox_url()) == "smtp://mail.provider.example:2525"
    assert (outbox.username, outbox.password_file, outbox.per_reporter_hour) == (
        "sender",
        Path("/run/secrets/smtp"),
        7,
    )
    assert settings.provider.name == "Provider Example"
    assert settings.provider.relays == (ip_network("203.0.113.0/24"), ip_network("2001:db8:1::/48"))
    assert settings.provider.hosts == ("*.out.provider.example",)
    assert settings.directory_path() == tmp_path / "tenants.jsonl"
    assert (settings.dkim.keys, settings.dkim.dns) == (Path("dkim-keys.jsonl"), False)


def test_three_keys_are_enough(tmp_path: Path) -> None:
    """Everything but mailbox.url, mailbox.address and outbox.url has the default of the contract."""
    settings = _load(LEAST)
    mailbox, outbox = settings.need_mailbox(), settings.need_outbox()

    assert (mailbox.aliases, mailbox.poll_seconds, mailbox.authserv_id) == ((), 30, None)
    assert (mailbox.folders.report, mailbox.folders.not_a_report, mailbox.folders.quarantined) == (
        "Processed",
        "Other",
        "Quarantine",
    )
    assert settings.database_url() == f"sqlite:///{tmp_path}/abuse-intake.db"
    assert (outbox.per_reporter_hour, settings.directory_path(), settings.dkim.dns) == (4, None, True)


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("MAILBOX__POLL_SECONDS", "5", lambda s: s.mailbox.poll_seconds == 5),
        ("MAILBOX__FOLDERS__QUARANTINED", "Strange", lambda s: s.mailbox.folders.quarantined == "Strange"),
        ("MAILBOX__FOLDERS__REPORT", "Elsewhere", lambda s: s.mailbox.folders.not_a_report == "Rest"),
        ("MAILBOX__ALIASES", '["a@b.example"]', lambda s: s.mailbox.aliases == ("a@b.example",)),
        ("MAILBOX__ALIASES", "a@b.example, c@d.example", lambda s: s.mailbox.aliases == ("a@b.example", "c@d.example")),
        ("PROVIDER__RELAYS", "192.0.2.0/24", lambda s: s.provider.relays == (ip_network("192.0.2.0/24"),)),
        ("PROVIDER__HOSTS", "*.a.example,*.b.example", lambda s: s.provider.is_our_host("x.b.example")),
        ("OUTBOX__EHLO_NAME", "[192.0.2.1]", lambda s: s.outbox.ehlo_name == "[192.0.2.1]"),
        ("OUTBOX__EHLO_NAME", "", lambda s: s.outbox.ehlo_name is None),
        ("OUTBOX__PER_REPORTER_HOUR", "0", lambda s: s.outbox.per_reporter_hour == 0),
        ("DATABASE__URL", "postgresql://u@h/d", lambda s: s.database_url() == "postgresql+psycopg://u@h/d"),
        ("TENANTS__DIRECTORY", "/etc/t.jsonl", lambda s: s.directory_path() == Path("/etc/t.jsonl")),
        ("DKIM__DNS", "true", lambda s: s.dkim.dns is True),
        ("PROVIDER__NAME", "Other", lambda s: s.provider.name == "Other"),
    ],
)  # fmt: skip
def test_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, key: Callable[[Any], bool]
) -> None:
    """Every key, nested ones and lists too, may be given as a variable, which wins over the file."""
    monkeypatch.setenv(f"ABUSE_INTAKE_{variable}", value)

    settings = _load(EVERY_KEY)

    assert key(settings)


def test_a_variable_leaves_its_section_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One key from the environment takes the place of that key only."""
    monkeypatch.setenv("ABUSE_INTAKE_MAILBOX__POLL_SECONDS", "5")

    mailbox = _load(EVERY_KEY).need_mailbox()

    assert mailbox.username == "junk"
    assert mailbox.folders.report == "Done"


def test_the_environment_alone_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without any file, variables can say everything."""
    for name, value in LEAST_VARIABLES.items():
        monkeypatch.setenv(name, value)

    settings = load_settings()

    assert settings.need_mailbox().address == "junk@provider.example"
    assert settings.database_url() == f"sqlite:///{tmp_path}/abuse-intake.db"


def test_the_file_in_this_folder_is_the_default(tmp_path: Path) -> None:
    """Without a name, abuse-intake.toml here is read."""
    (tmp_path / "abuse-intake.toml").write_text(LEAST)

    assert load_settings().need_outbox().url == "maildir://outbox"


def test_a_variable_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ABUSE_INTAKE_CONFIG stands for --config, and --config wins."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "own.toml").write_text(LEAST)
    monkeypatch.setenv("ABUSE_INTAKE_CONFIG", "etc/own.toml")

    assert load_settings().base == tmp_path / "etc"
    assert _load("").mailbox is None


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """A configuration may be used from any folder: what it names lies beside it."""
    (tmp_path / "etc").mkdir()
    text = LEAST + '[tenants]\ndirectory = "t.jsonl"\n'

    settings = _load(text, Path("etc"))

    assert settings.mailbox_url().path == str(tmp_path / "etc" / "Maildir")
    assert settings.outbox_url().path == str(tmp_path / "etc" / "outbox")
    assert settings.database_url() == f"sqlite:///{tmp_path}/etc/abuse-intake.db"
    assert settings.directory_path() == tmp_path / "etc" / "t.jsonl"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_password_is_read_from_its_file(tmp_path: Path, ending: str) -> None:
    """The file beside the configuration holds the password; a newline at its end is ignored, a blank is not."""
    (tmp_path / "imap-password").write_bytes(f"sec ret {ending}".encode())
    settings = _load(EVERY_KEY)

    assert settings.password(settings.need_mailbox(), settings.mailbox_url()) == "sec ret "


def test_without_a_file_the_password_of_the_url_counts() -> None:
    """A URL may carry a password, percent-encoded."""
    settings = _load(LEAST.replace("maildir://outbox", "smtp://u:p%40ss@h"))

    assert settings.password(settings.need_outbox(), settings.outbox_url()) == "p@ss"


def test_an_unreadable_password_file_is_named() -> None:
    """A password file that is not there is a wrong configuration, said in a line."""
    settings = _load(EVERY_KEY)

    with pytest.raises(
        ConfigurationError, match=r"password_file .*imap-password cannot be read: no such file"
    ):
        settings.password(settings.need_mailbox(), settings.mailbox_url())


@pytest.mark.parametrize("show", [str, repr])
def test_no_password_is_shown(show: Callable[[object], str]) -> None:
    """Settings and URLs as text, as a log or a traceback shows them, hold no password."""
    settings = _load(
        '[mailbox]\nurl = "imaps://u:hunter2@h"\naddress = "a@b.example"\n[outbox]\nurl = "smtp://u:hunter2@h"\n'
        '[database]\nurl = "postgresql://u:hunter2@h/d"\n'
    )

    shown = [show(one) for one in (settings, settings.mailbox_url(), settings.outbox_url(), settings.mailbox)]

    assert "hunter2" not in "".join(shown)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[mailbx]", "mailbx: unknown key (did you mean mailbox?)"),
        ('[mailbox]\nulr = "x"\naddress = "a@b.example"\nurl = "folder://m"', "ulr: unknown key (did you mean url"),
        (LEAST + '[mailbox.folders]\nreports = "x"', "mailbox.folders.reports: unknown key (did you mean report?)"),
        (LEAST + "[dkim]\nzzz = 1", "dkim.zzz: unknown key"),
        ('base = "/"', "base: unknown key"),
        ('[mailbox]\naddress = "a@b.example"', "mailbox.url: must be given"),
        ('[mailbox]\nurl = "maildir://m"', "mailbox.address: must be given"),
        ("[outbox]\nper_reporter_hour = 1", "outbox.url: must be given"),
        (LEAST.replace("maildir://Maildir", "pop3://h"), "mailbox.url: must begin with one of imap://, imaps://, mai"),
        (LEAST.replace("maildir://outbox", "imap://h"), "outbox.url: must begin with one of smtp://, smtps://, maildir://"),
        (LEAST.replace("maildir://outbox", "smtp://"), "outbox.url: names no server"),
        (LEAST.replace("maildir://Maildir", "maildir://"), "mailbox.url: names no folder"),
        (LEAST.replace("maildir://outbox", "smtp://u:sec/ret@h"), "outbox.url: has no number from 1 to 65535"),
        (LEAST.replace("maildir://outbox", "smtp://h:70000"), "outbox.url: has no number from 1 to 65535 as its port"),
        (LEAST + '[database]\nurl = "mysql://h"', "database.url must begin with sqlite:/// or postgresql+psycopg://"),
        (LEAST + '[database]\nurl = "sqlite://"', "database.url names no file"),
        (LEAST.replace("junk@provider.example", "junk"), "mailbox.address: 'junk' is no mail address"),
        (LEAST.replace("junk@provider.example", "a@b.example\\r\\nBcc: x"), "is no mail address"),
        (LEAST + '[provider]\nrelays = ["203.0.113.1/24"]', "provider.relays.0: '203.0.113.1/24' is no network"),
        (LEAST + '[provider]\nsigning_domains = ["a b"]', "provider.signing_domains.0: 'a b' is no domain; write for"),
        (LEAST + '[provider]\nsigning_domains = ["example"]', "provider.signing_domains.0: 'example' is no domain"),
        (
            LEAST + '[provider]\ndisabled_profiles = ["srs", "exchange-online"]',
            "provider.disabled_profiles.1: 'exchange-online' is no profile (did you mean exchange_online?)",
        ),
        (LEAST + '[provider]\ndisabled_profiles = ["zzz"]', "'zzz' is no profile; there are amazon_ses, cfbl, cpanel,"),
        (LEAST + '[dkim]\nnameservers = ["ns.example"]', "dkim.nameservers.0: 'ns.example' is no name server; write"),
        (LEAST + '[dkim]\nnameservers = ["192.0.2.53:0"]', "dkim.nameservers.0: '192.0.2.53:0' is no name server"),
        (LEAST + "[provider]\nrelays = [7]", "provider.relays.0: 7 is no network"),
        (LEAST.replace("[outbox]", "poll_seconds = 0\n[outbox]"), "mailbox.poll_seconds: Input should be greater than"),
        (LEAST + '[provider]\nname = "a\\nBcc: b"', "provider.name: must be a name of 1 to 200 characters, on one"),
        (LEAST + '[provider]\nname = "a\\u2028b"', "provider.name: must be a name"),
        (LEAST + '[provider]\nname = "a\\u0085b"', "provider.name: must be a name"),
        (LEAST + '[provider]\nname = "a\\u202eb"', "provider.name: must be a name"),
        (LEAST + '[provider]\nname = " "', "provider.name: must be a name"),
        (LEAST + f'[provider]\nname = "{"a" * 201}"', "provider.name: must be a name"),
        (LEAST + 'ehlo_name = "my host"', "outbox.ehlo_name: 'my host' is no host's name"),
        (LEAST + 'ehlo_name = "a\\r\\nRCPT"', "is no host's name"),
        ("mailbox = 3", "mailbox: must be a section; write [mailbox] above its keys"),
        ("[mailbox", "cannot be read: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(text: str, complaint: str) -> None:
    """A wrong configuration names the file, the key, and what would be right."""
    found = _complaint(text)

    assert found.startswith("abuse-intake.toml") or complaint.startswith(("mailbox.", "outbox.", "database."))
    assert complaint in found
    assert "sec" not in found.replace("second", "").replace("section", "")


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong in the environment is not blamed on the file."""
    monkeypatch.setenv("ABUSE_INTAKE_MAILBOX__POLL_SECONDS", "soon")

    assert _complaint(LEAST).startswith("ABUSE_INTAKE_MAILBOX__POLL_SECONDS: mailbox.poll_seconds: ")


def test_wrong_json_in_a_variable_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that begins as JSON and is none is told as the environment's fault."""
    monkeypatch.setenv("ABUSE_INTAKE_MAILBOX__ALIASES", '["a@b.example"')

    assert _complaint(LEAST).startswith("environment: ")


def test_a_file_that_was_named_must_exist() -> None:
    """A mistyped --config is not taken for an empty configuration."""
    with pytest.raises(
        ConfigurationError, match=r"nope\.toml is not there; name the configuration with --config"
    ):
        load_settings(Path("nope.toml"))


def test_without_a_file_and_without_variables_there_is_no_configuration() -> None:
    """Who forgot --config learns of it, and is not shown an empty database."""
    with pytest.raises(ConfigurationError, match=r"abuse-intake\.toml is not there; name the configuration"):
        load_settings()


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    """A folder in the place of the file is said in one line."""
    with pytest.raises(ConfigurationError, match="cannot be read: is a directory"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("need", "keys"), [("need_mailbox", "mailbox.url and mailbox.address"), ("need_outbox", "outbox.url")]
)
def test_missing_keys_are_named_where_they_are_needed(need: str, keys: str) -> None:
    """A command that needs no mailbox works without one; one that does names the keys."""
    settings = _load("")

    with pytest.raises(ConfigurationError, match=f"^{keys} must be given"):
        getattr(settings, need)()


def test_settings_are_frozen() -> None:
    """Nothing changes the configuration once it is read."""
    settings = _load(LEAST)

    with pytest.raises(ValidationError):
        settings.need_mailbox().address = "other@provider.example"
    with pytest.raises(ValidationError):
        settings.mailbox = None


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("a.out.provider.example", True),
        ("A.OUT.Provider.Example.", True),
        ("a.b.out.provider.example", True),
        ("out.provider.example", False),
        ("a.out.provider.example.evil.example", False),
        (None, False),
        ("", False),
    ],
)
def test_a_relay_is_known_by_its_name(name: str | None, is_ours: bool) -> None:
    """A pattern of provider.hosts holds in any case, and for the whole name."""
    assert _load(EVERY_KEY).provider.is_our_host(name) is is_ours


def test_an_absolute_database_stays_where_it_is() -> None:
    """Four slashes name an absolute path, whatever the folder of the configuration."""
    assert resolve_database_url("sqlite:////var/lib/a.db", Path("/etc")) == "sqlite:////var/lib/a.db"


OAUTH = LEAST.replace("maildir://Maildir", "imaps://h").replace("[outbox]", "[mailbox.oauth]\n%s\n[outbox]")
CLIENT = 'token_url = "https://h/t"\nclient_id = "x"\nclient_secret_file = "s"\n'


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ("", "mailbox.oauth: give exactly one of token_command, token_url and service_account_file"),
        ('token_command = ["a"]\nservice_account_file = "k"', "mailbox.oauth: give exactly one of"),
        ('token_command = "a b"', "mailbox.oauth.token_command: must be a list"),
        ('token_command = ["a"]\nclient_id = "x"', "mailbox.oauth: client_id means nothing beside token_command"),
        ('service_account_file = "k"\nclient_id = "x"', "client_id means nothing beside service_account_file"),
        ('token_url = "https://h/t"', "mailbox.oauth: token_url needs client_id and client_secret_file"),
        (CLIENT.replace("https", "http"), "oauth: token_url must begin with https:// (http:// is for a"),
        (CLIENT.replace("https", "ftp"), "token_url must begin with https://"),
        (CLIENT.replace("https", "http").replace("//h", "//localhost@h"), "token_url must begin with https://"),
        (CLIENT.replace("h/t", "u:sec@h/t"), "token_url must have no name, password or fragment in it"),
        (CLIENT.replace("h/t", "h:x/t"), "token_url has no number from 1 to 65535 as its port"),
        (CLIENT.replace("h/t", "/t"), "token_url is no URL; write for example https://login"),
        (CLIENT.replace("h/t", "h/t\\u202e"), "token_url is no URL"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_oauth_is_said_in_one_line(keys: str, complaint: str) -> None:
    """One way to a token, with the keys that belong to it, over a connection that nobody reads."""
    found = _complaint(OAUTH % keys)

    assert complaint in found
    assert "sec@" not in found


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:1"])
def test_a_token_endpoint_on_this_machine_needs_no_tls(host: str) -> None:
    """Nothing crosses a network."""
    settings = _load(OAUTH % CLIENT.replace("https://h", f"http://{host}"))

    oauth = settings.need_mailbox().oauth
    assert oauth is not None
    assert oauth.token_url == f"http://{host}/t"


def test_a_token_command_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """With commas, as other lists."""
    monkeypatch.setenv("ABUSE_INTAKE_MAILBOX__OAUTH__TOKEN_COMMAND", "pizauth,show,junk")

    oauth = _load(LEAST.replace("maildir://Maildir", "imaps://h")).need_mailbox().oauth

    assert oauth is not None
    assert oauth.token_command == ("pizauth", "show", "junk")


def test_a_password_and_a_token_are_one_too_many() -> None:
    """Nobody can tell which was meant."""
    keys = OAUTH % CLIENT

    assert "mailbox: give password_file or oauth, not both" in _complaint(
        keys.replace("[mailbox.oauth]", 'password_file = "p"\n[mailbox.oauth]')
    )
    assert "mailbox.url has a password: take it out" in _complaint(
        keys.replace("imaps://h", "imaps://u:hunter2@h")
    )


def test_a_folder_takes_no_token() -> None:
    """A key without an effect is a mistake."""
    assert "mailbox.oauth means nothing for maildir://" in _complaint(
        (OAUTH % CLIENT).replace("imaps://h", "maildir://M")
    )


def test_an_outbox_with_a_token_needs_a_user() -> None:
    """By default the mailbox's address; without a mailbox it must be named."""
    text = '[outbox]\nurl = "smtp://h"\n[outbox.oauth]\ntoken_command = ["t"]\n'

    with pytest.raises(ConfigurationError, match=r"outbox\.username must be given where outbox\.oauth is"):
        open_carrier(_load(text))


def test_name_servers_are_addresses_with_or_without_a_port() -> None:
    """IPv6 in brackets where a port follows, as in URLs; 53 where none is given."""
    servers = ["192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]", "[2001:db8::53]:5353"]

    settings = _load(f"{LEAST}[dkim]\nnameservers = {json.dumps(servers)}")

    assert [parse_nameserver(server) for server in settings.dkim.nameservers] == [
        ("192.0.2.53", 53),
        ("192.0.2.53", 5353),
        ("2001:db8::53", 53),
        ("2001:db8::53", 53),
        ("2001:db8::53", 5353),
    ]


def test_signing_domains_are_lower_case_without_a_final_dot() -> None:
    """However they are written."""
    settings = _load(LEAST + '[provider]\nsigning_domains = ["OnMicrosoft.example."]')

    assert settings.provider.signing_domains == ("onmicrosoft.example",)


def test_a_text_without_quotes_is_told_with_its_key(tmp_path: Path) -> None:
    """The value is not repeated: it may be a password."""
    file = tmp_path / "abuse-intake.toml"
    file.write_text("[mailbox]\naddress = junk@x.example\n")

    with pytest.raises(ConfigurationError) as told:
        load_settings(file)

    assert str(told.value).endswith(': address must be a value; a text stands in quotes, address = "…"')
    assert "junk@" not in str(told.value)
