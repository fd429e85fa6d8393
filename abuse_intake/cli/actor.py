"""Who sits at the terminal: the name that the history and the audit log keep."""

import os
import pwd

from storage.values import Actor

MAX_NAME = 80


def find_actor() -> Actor:
    """Whoever logged in, also behind sudo; it is a help for honest people, not a proof."""
    name = os.environ.get("SUDO_USER", "")
    return Actor(name if _is_name(name) else _name_user(os.geteuid()), "terminal")


def _is_name(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME and name.isprintable()


def _name_user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
