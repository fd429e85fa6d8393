"""A group of commands that helps who mistypes one, and tells which command an error is of."""

import difflib

import click

MOST_MEANT = 3
"""Commands that are offered for one that is not there."""


class CommandGroup(click.Group):
    """`list` under `incidents` may be meant by `incidents lst`, and `incidents list` by `list`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        is_name = not (name.startswith("-") or ctx.resilient_parsing)
        if is_name and self.get_command(ctx, name) is None:
            raise click.UsageError(f"No such command {name!r}.{self._suggest(ctx, name)}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if error.ctx is None:
                error.ctx = self._find_context(ctx)
            raise

    def _find_context(self, ctx: click.Context) -> click.Context:
        """The command that was invoked: click forgets it where an option lacks its value."""
        name = ctx.invoked_subcommand
        command = self.get_command(ctx, name) if name else None
        return ctx if command is None else click.Context(command, ctx, name)

    def _suggest(self, ctx: click.Context, name: str) -> str:
        near = difflib.get_close_matches(name, self.list_commands(ctx), MOST_MEANT)
        meant = near or self._find_below(ctx, name)[:MOST_MEANT]
        return f" Did you mean {' or '.join(map(repr, meant))}?" if meant else ""

    def _find_below(self, ctx: click.Context, name: str) -> list[str]:
        """Where a command of this name is, one group further down."""
        groups = ((group, self.get_command(ctx, group)) for group in self.list_commands(ctx))
        return [
            f"{group} {below}"
            for group, command in groups
            if isinstance(command, click.Group)
            for below in difflib.get_close_matches(name, command.list_commands(ctx), 1)
        ]
