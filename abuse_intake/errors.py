"""What can go wrong in the application, each with one line that says what to do.

AbuseIntakeError
├── ConfigurationError      the configuration cannot be used (exit code 2)
│   └── KeyArchiveError     the archive of DKIM keys cannot be used
├── DecisionError           a person decides with what cannot be: a tenant that is not known, a hidden character
├── DirectoryError          the directory cannot be used
│   ├── DirectoryConflictError    two of its lines contradict each other
│   └── DirectoryUnreadableError  its file cannot be opened or read
├── GuardError              mails cannot be read right now
├── MailboxError            the mailbox cannot be worked right now
│   └── LoginRefusedError   its server refuses our login
├── NameServersError        the name servers that are configured do not answer
├── OutboxError             acknowledgements cannot be delivered right now
└── TokenError              no access token can be had right now; mailbox and outbox tell it as theirs
"""


class AbuseIntakeError(Exception):
    """The base of all; never raised itself."""


class ConfigurationError(AbuseIntakeError):
    """The configuration cannot be used: it says which key, and what would be right."""


class KeyArchiveError(ConfigurationError):
    """The archive of DKIM keys cannot be used: it says which line, and why."""


class DecisionError(AbuseIntakeError):
    """What a person decides with cannot be taken: it says why, and what would be right."""


class DirectoryError(AbuseIntakeError):
    """The directory of tenants cannot be used: it says which line, and why."""


class DirectoryConflictError(DirectoryError):
    """Two lines of the directory contradict each other; `tenants` are the ids that stand in them."""

    def __init__(self, reason: str, *tenants: str) -> None:
        super().__init__(reason)
        self.tenants = tenants


class DirectoryUnreadableError(DirectoryError):
    """The tenants file cannot be opened or read; once it can, nothing of it need have changed."""


class GuardError(AbuseIntakeError):
    """Mails cannot be read right now: no process to read them in can be started."""


class MailboxError(AbuseIntakeError):
    """The mailbox cannot be worked right now; the next poll tries again."""


class LoginRefusedError(MailboxError):
    """The server of the mailbox refuses our login; each further try may bring it closer to locking the account."""


class NameServersError(AbuseIntakeError):
    """The name servers that are configured do not answer: keys of signatures are not found."""


class OutboxError(AbuseIntakeError):
    """The outbox cannot be worked right now; what waits goes on waiting."""


class TokenError(AbuseIntakeError):
    """No access token can be had right now; the next login tries again."""
