"""`abuse-intake incidents`: what analysts work on."""

import click

from abuse_intake.cli.lazy_group import LazyGroup

COMMANDS = {
    "list": "abuse_intake.cli.incident_list:list_",
    "show": "abuse_intake.cli.incident_show:show",
    "set": "abuse_intake.cli.incident_set:set_",
    "top": "abuse_intake.cli.incident_trends:top",
    "counts": "abuse_intake.cli.incident_trends:counts",
    "export": "abuse_intake.cli.export:export",
    "reattribute": "abuse_intake.cli.reattribute:reattribute",
}
"""From looking to deciding to passing on."""


@click.group(cls=LazyGroup, places=COMMANDS)
def incidents() -> None:
    """What analysts work on: the reports about one message."""
