"""How many mails a second the whole intake takes, on SQLite, and what becomes of it when some are hostile.

python bench/intake.py [--mails 1000] [--rounds 5] [--folder FOLDER] [--json]

One poll and one delivery over a Maildir; making the Maildir and the tables is not counted. In the second figure one
mail of a hundred is replaced by one that is made to be slow.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from hostile import HOSTILE
from measuring import Candidate, Taken, make_mails, measure, parse_arguments, show, summarise, take_turns

from abuse_intake.app import App
from abuse_intake.cli.demo_folder import CONFIGURATION, SHIPPED
from abuse_intake.log import configure_log
from abuse_intake.opening import open_database
from abuse_intake.settings import load_settings

EVERY = 100
"""One mail of so many is hostile."""


def main() -> None:
    """Measure and print."""
    configure_log(only_errors=True)
    arguments = parse_arguments(__doc__, mails=1000)
    good = make_mails(arguments.mails, arguments.folder)
    mixed = [
        HOSTILE[number // EVERY % len(HOSTILE)] + b"%d\r\n" % number if number % EVERY == EVERY // 2 else raw
        for number, raw in enumerate(good)
    ]
    candidates: dict[str, Candidate] = {
        "whole intake, SQLite": lambda: _time_intake(good),
        "whole intake, one in 100 is hostile": lambda: _time_intake(mixed),
    }
    rows = [
        summarise(name, taken, arguments.mails)
        for name, taken in take_turns(candidates, arguments.rounds).items()
    ]
    for row in rows:
        kept = rows[0]["us_per_mail"] / row["us_per_mail"]
        show({**row, "throughput_kept": round(kept, 3)}, arguments.json)
    if not arguments.json:
        print(f"with hostile mails {kept:.0%} of the throughput is kept")  # noqa: T201


def _time_intake(mails: Sequence[bytes]) -> Taken:
    with _app_over(mails) as app:
        return measure(lambda: (app.poll(), app.deliver()))


@contextmanager
def _app_over(mails: Sequence[bytes]) -> Iterator[App]:
    with tempfile.TemporaryDirectory(prefix="abuse-intake-bench-") as name:
        folder = Path(name)
        for box in ("new", "cur", "tmp"):
            (folder / "Maildir" / box).mkdir(parents=True)
        for number, raw in enumerate(mails):
            (folder / "Maildir" / "new" / f"{number:08}.bench").write_bytes(raw)
        for shipped in SHIPPED:
            (folder / shipped).write_bytes((files("abuse_intake") / "demo" / shipped).read_bytes())
        (folder / "abuse-intake.toml").write_text(CONFIGURATION, encoding="utf-8")
        settings = load_settings(folder / "abuse-intake.toml")
        with open_database(settings) as database:
            app = App(settings, database)
            try:
                yield app
            finally:
                app.close()


if __name__ == "__main__":
    main()
