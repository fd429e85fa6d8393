"""abuse-intake: takes over the abuse mailbox of a mail provider."""

__version__ = "0.1.0"
