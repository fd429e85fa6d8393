"""The worker: polls the mailbox and delivers the outbox, again and again, until it is told to stop.

`lifecycle` starts it, reloads it and ends it; `jobs` is its work; `watchdog`, `status_server`, `metrics` and
`service_manager` are how it is watched. See docs/operations.md.
"""

from abuse_intake.worker.lifecycle import Worker

__all__ = ["Worker"]
