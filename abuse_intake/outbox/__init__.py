"""Delivers what waits in the outbox, over SMTP or into a Maildir, with retries, and never twice."""

from abuse_intake.outbox.ledger import DeliverySummary
from abuse_intake.outbox.outbox import Outbox, open_carrier

__all__ = ["DeliverySummary", "Outbox", "open_carrier"]
