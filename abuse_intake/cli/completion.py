"""`abuse-intake completion`: what a shell needs to complete commands, options, and ids of tenants."""

from collections.abc import Sequence

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

PROGRAM, VARIABLE = "abuse-intake", "_ABUSE_INTAKE_COMPLETE"
SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


def complete_words(words: Sequence[str], incomplete: str) -> list[CompletionItem]:
    """Those of the words that begin so."""
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


@click.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands.

    Also options, statuses, confidences and ids of tenants. Put it where your shell looks:

    \b
    abuse-intake completion bash > /etc/bash_completion.d/abuse-intake
    abuse-intake completion zsh > /usr/local/share/zsh/site-functions/_abuse-intake
    abuse-intake completion fish > ~/.config/fish/completions/abuse-intake.fish
    """
    complete = SHELLS[shell](context.find_root().command, {}, PROGRAM, VARIABLE)
    # Not `source` of the class itself, which for bash starts one to ask for its version.
    click.echo(ShellComplete.source(complete))
