"""What can go wrong in the application, each with one line that says what to do.

AbuseIntakeError
├── ConfigurationError      the configuration cannot be used (exit code 2)
│   └── KeyArchiveError     the archive of DKIM keys cannot be used
├── DirectoryError          the directory cannot be used
│   └── DirectoryUnreadableError  its file cannot be opened or read
├── GuardError              mails cannot be read right now
├── MailboxError            the mailbox cannot be worked right now
│   └── LoginRefusedError   its server refuses our login
├── OutboxError             acknowledgements cannot be delivered right now
└── TokenError              no access token can be had right now; mailbox and outbox tell it as theirs
"""


class AbuseIntakeError(Exception):
    """The base of all; never raised itself."""


class ConfigurationError(AbuseIntakeError):
    """The configuration cannot be used: it says which key, and what would be right."""


class KeyArchiveError(ConfigurationError):
    """The archive of DKIM keys cannot be used: it says which line, and why."""


class DirectoryError(AbuseIntakeError):
    """The directory of tenants cannot be used: it says which line, and why."""


class DirectoryUnreadableError(DirectoryError):
    """The tenants file cannot be opened or read; once it can, nothing of it need have changed."""


class GuardError(AbuseIntakeError):
    """Mails cannot be read right now: no process to read them in can be started."""


class MailboxError(AbuseIntakeError):
    """The mailbox cannot be worked right now; the next poll tries again."""


class LoginRefusedError(MailboxError):
    """The server of the mailbox refuses our login; each further try may bring it closer to locking the account."""


class OutboxError(AbuseIntakeError):
    """The outbox cannot be worked right now; what waits goes on waiting."""


class TokenError(AbuseIntakeError):
    """No access token can be had right now; the next login tries again."""
