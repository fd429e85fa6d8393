"""`abuse-intake check` looks at everything and changes nothing."""

from command_line import CommandLine


def test_check_makes_no_database(cli: CommandLine) -> None:
    """Who runs it first must not own the file that the worker needs."""
    answer = cli("check")

    assert "empty; the first run makes it" in answer.out
    assert not (cli.folder / "abuse-intake.db").exists()


def test_a_new_database_is_for_its_owner_alone(cli: CommandLine) -> None:
    """It holds strangers' mail, whatever the umask is."""
    cli("stats")

    assert (cli.folder / "abuse-intake.db").stat().st_mode & 0o077 == 0


def test_a_username_without_a_password_is_refused(cli: CommandLine) -> None:
    """Trying no login, silently, would look like a server that refuses mail."""
    config = cli.folder / "abuse-intake.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace('url = "maildir://outbox"', 'url = "smtp://localhost"\nusername = "junk"'),
        encoding="utf-8",
    )

    answer = cli("check")

    assert answer.code == 2
    assert "outbox.password_file must be given" in answer.complaint()
