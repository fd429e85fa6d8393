"""Delivers what waits in the outbox, over SMTP or into a Maildir, with retries, and never twice."""

from abuse_intake.outbox.outbox import DeliverySummary, Outbox, open_carrier

__all__ = ["DeliverySummary", "Outbox", "open_carrier"]
