"""Groups whose commands are imported when they are asked for: `parse` must not wait for a database library."""

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from abuse_intake.cli.command_group import CommandGroup

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(CommandGroup):
    """`places` says where each command is, as `module:name`, in the order in which help lists them."""

    def __init__(self, *arguments: Any, places: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._places:
            return None
        module, _, name = self._places[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Names alone, where click would import every command to say what each does."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name) for name in self._places if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)
