"""What happened to an incident, as a person reads it."""

from collections.abc import Mapping
from typing import Any

from abuse_intake.cli.output import count, print_fields, print_heading, short_time
from storage.values import HistoryEntry


def print_history(history: tuple[HistoryEntry, ...]) -> None:
    """What happened to it, oldest first; on a terminal a long detail goes on below itself."""
    print_heading("History (UTC)")
    actor = max((len(entry.actor) for entry in history), default=0)
    print_fields((f"{short_time(e.at)}  {e.actor:<{actor}}  {e.action}", describe(e)) for e in history)


def describe(entry: HistoryEntry) -> str:
    """The detail of one change in words."""
    if entry.action == "reattributed":
        return _describe_reattributed(entry.detail)
    if entry.action == "decided":
        return describe_decided(entry.detail)
    return ", ".join(f"{name} {value}" for name, value in entry.detail.items())


def describe_decided(detail: Mapping[str, Any]) -> str:
    """What an analyst changed, and why: `status new → dismissed; note: their newsletter`."""
    parts = []
    if status := detail.get("status"):
        parts.append(f"status {status['before']} → {status['after']}")
    if tenant := detail.get("tenant"):
        grounds = "by hand" if detail["by_hand"] else "as the evidence says"
        parts.append(f"tenant {tenant['before'] or 'nobody'} → {tenant['after'] or 'nobody'}, {grounds}")
    if note := detail.get("note"):
        parts.append(f"note: {note}")
    return "; ".join(parts)


def _describe_reattributed(detail: Mapping[str, Any]) -> str:
    before, after = detail["before"], detail["after"]
    parts = [f"{_describe_state(before, 'nothing')} → {_describe_state(after, 'no reports left')}"]
    if before == after:
        parts = [f"still {_describe_state(after, 'without reports')}"]
    for word, direction in (("to", "to"), ("from", "from")):
        parts += [f"{count(n, 'report')} {word} incident {id}" for id, n in detail[direction].items()]
    return ", ".join(parts)


def _describe_state(state: Mapping[str, Any] | None, nothing: str) -> str:
    """`contoso (stated, 192.0.2.1)`, or `nobody (not_ours, 192.0.2.1)`."""
    if state is None:
        return nothing
    grounds = (state["confidence"] if state["tenant"] else state["reason"], state["ip"])
    return f"{state['tenant'] or 'nobody'} ({', '.join(filter(None, grounds))})"
