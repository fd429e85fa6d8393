"""`abuse-intake web`: the JSON API."""

import importlib.util

import click

from abuse_intake.cli.inputs import Number
from abuse_intake.cli.session import database_of
from abuse_intake.errors import ConfigurationError
from abuse_intake.log import configure_log

LIBRARIES = ("fastapi", "uvicorn")


@click.command()
@click.option("--host", help="Where to listen, in the place of web.host; by default this machine alone.")
@click.option("--port", type=Number(0, 65535), help="In the place of web.port; 0 = any that is free.")
@click.pass_context
def web(context: click.Context, host: str | None, port: int | None) -> None:
    """Serve the JSON API, /api/v1, for other programs.

    It answers until SIGTERM or SIGINT. /api/v1/docs tells what there is to ask; docs/api.md how to protect it.
    Without a token (abuse-intake tokens add) anybody on this machine can read, and nobody can change anything.
    """
    _require_libraries()
    with database_of(context, make=True) as (settings, database):
        configure_log(log_format=settings.worker.log_format)
        from abuse_intake.web.listening import find_place
        from abuse_intake.web.server import serve

        web_settings = settings.web
        chosen_port = web_settings.port if port is None else port
        serve(settings, database, find_place(host or web_settings.host, chosen_port))


def _require_libraries() -> None:
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"the API needs {' and '.join(missing)}; run: pip install '.[web]' in its checkout"
        )
