"""The command line: `abuse-intake COMMAND`. Each command's module is imported only when it is used."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from abuse_intake import __version__
from abuse_intake.cli.lazy_group import LazyGroup
from abuse_intake.cli.output import one_line
from abuse_intake.errors import AbuseIntakeError, ConfigurationError
from storage.errors import SchemaError, StorageError

COMMANDS = {
    "run": "abuse_intake.cli.run:run",
    "parse": "abuse_intake.cli.parse:parse",
    "attribute": "abuse_intake.cli.attribute:attribute",
    "mails": "abuse_intake.cli.mails:mails",
    "incidents": "abuse_intake.cli.incidents:incidents",
    "tenants": "abuse_intake.cli.tenants:tenants",
    "outbox": "abuse_intake.cli.outbox:outbox",
    "tokens": "abuse_intake.cli.tokens:tokens",
    "stats": "abuse_intake.cli.stats:stats",
    "audit": "abuse_intake.cli.audit:audit",
    "web": "abuse_intake.cli.web:web",
    "check": "abuse_intake.cli.check:check",
    "demo": "abuse_intake.cli.demo:demo",
    "db": "abuse_intake.cli.db:db",
    "completion": "abuse_intake.cli.completion:completion",
}
"""In the order in which a new user meets them."""

EXIT_INPUT_WRONG = 1
EXIT_USAGE_WRONG = 2
EXIT_INTERRUPTED = 130
MAX_COMPLAINT = 2_000
"""Characters of one: it may repeat an argument, whose beginning and end are enough."""


class RootGroup(LazyGroup):
    """All commands; `| head` is no failure of theirs."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            # click itself would end with exit code 1, as if something had failed.
            raise ReaderLeft from error


class ReaderLeft(Exception):  # noqa: N818 - no error: `| head` has seen enough
    """The reader of our output went away."""


@click.group(
    cls=RootGroup,
    places=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try it without a server or a configuration: abuse-intake demo",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="ABUSE_INTAKE_CONFIG",
    help="The configuration; by default abuse-intake.toml in this folder. [env: ABUSE_INTAKE_CONFIG]",
)
@click.version_option(__version__, prog_name="abuse-intake")
@click.pass_context
def cli(context: click.Context, config: Path | None) -> None:
    """Takes over the abuse mailbox of a mail provider.

    It reads the junk mail that people forward (as an attachment, or as a feedback report), finds the
    customer and the address that it came from, records incidents, and acknowledges each report.
    """
    context.obj = config


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 some input was wrong, 2 wrong usage or configuration."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = cli.main(arguments, prog_name="abuse-intake", standalone_mode=False)
        sys.stdout.flush()
    except (ReaderLeft, BrokenPipeError):
        _forget_output()
        code = 0
    except (KeyboardInterrupt, click.Abort):
        code = EXIT_INTERRUPTED
    except click.UsageError as error:
        code = _complain_of_usage(error)
    except click.ClickException as error:
        code = _complain(error.format_message(), error.exit_code)
    except (ConfigurationError, SchemaError) as error:
        code = _complain(str(error), EXIT_USAGE_WRONG)
    except (AbuseIntakeError, StorageError) as error:
        code = _complain(str(error), EXIT_INPUT_WRONG)
    except MemoryError:
        code = _complain("there is not enough memory for this", EXIT_INPUT_WRONG)
    except OSError as error:
        code = _complain(_explain_system(error), EXIT_INPUT_WRONG)
        _forget_output()
    sys.exit(code if isinstance(code, int) else 0)


def _open_closed_streams() -> None:
    """Who starts us with a closed stream (`>&-`) wants nothing from it: it leads nowhere, as /dev/null does."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - stays open


def _complain_of_usage(error: click.UsageError) -> int:
    if error.ctx and error.message == error.ctx.get_help():
        click.echo(error.message, err=True)  # a group without a command: what there is
        return EXIT_USAGE_WRONG
    command = error.ctx.command_path if error.ctx else "abuse-intake"
    text = _explain_place(error) or error.format_message()
    text = text if text.endswith((".", "?", "!")) else f"{text}."
    return _complain(f"{text} See: {command} --help", EXIT_USAGE_WRONG)


def _explain_place(error: click.UsageError) -> str | None:
    """That an option of the program itself, given to a command, stands before it."""
    context = error.ctx
    if not isinstance(error, click.NoSuchOption) or context is None or context.parent is None:
        return None
    root = context.find_root()
    if not any(error.option_name in option.opts for option in root.command.params):
        return None
    command = context.command_path.removeprefix(f"{root.info_name} ")
    return f"{error.option_name} stands before the command: {root.info_name} {error.option_name} … {command}"


def _explain_system(error: OSError) -> str:
    what = os.fsdecode(error.filename) if error.filename else "the output cannot be written"
    return f"{what}: {(error.strerror or str(error)).lower()}"


def _forget_output() -> None:
    """What stdout does not take goes nowhere, so that the end of the program does not fail over it."""
    with suppress(OSError):
        sys.stdout.flush()
        return
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(text: str, code: int) -> int:
    if len(text) > MAX_COMPLAINT:
        half = MAX_COMPLAINT // 2
        text = f"{text[:half]} … {text[-half:]}"
    click.echo(f"abuse-intake: {one_line(text)}", err=True)
    return code
