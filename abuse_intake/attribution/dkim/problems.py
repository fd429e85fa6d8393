"""Why a signature proves nothing, in sentences that an analyst understands; each stands for one cause."""

from enum import StrEnum


class Problem(StrEnum):
    """One cause each. What a reporter's mail program did to a message looks the same as what a forger did."""

    STRANGER = "a stranger's signature proves nothing: not verified"
    SHARED = "two tenants list this domain: it names nobody, and was not verified"
    OTHER_READINGS = (
        "the signing name may stand for a stranger's domain too: it proves nothing, and was not verified"
    )
    TOO_MANY = "the message has more signatures than are verified: not verified"
    MALFORMED = "the signature is malformed"
    MALFORMED_HEADER = (
        "the message's header is not well-formed: programs may read it otherwise than it was signed"
    )
    LONG_HEADER = "the message's header is too long: not verified"
    SHA1 = "it is made with SHA-1, which is forbidden (RFC 8301)"
    ALGORITHM = "it is made with an unknown algorithm"
    PARTIAL = "it signs only the beginning of the body (l=): the rest may be anybody's"
    FROM_UNSIGNED = "From is not signed"
    SUBJECT_UNSIGNED = "Subject is not signed"
    SECOND_FROM = "a second From is unsigned: it was put in later"
    SECOND_SUBJECT = "a second Subject is unsigned: it was put in later"
    SECOND_FIELD = "a second Date, Content-Type or transfer encoding is unsigned: it was put in later"
    IDENTITY = "the identity that it names (i=) is not within its domain (d=)"
    EXPIRED = "it had expired (x=) when the message arrived"
    BODY_CHANGED = "the body was changed after it was signed"
    NO_BODY = "the body was not reported: whether it is what was signed cannot be said"
    HEADER_CHANGED = "the header was changed after it was signed, or another key signed it"
    NO_KEY = "no key was found under this selector"
    NO_KEY_IN_ARCHIVE = "no key is in the archive, and the DNS is not asked (dkim.dns)"
    UNREACHABLE = "the key could not be fetched from the DNS"
    REVOKED = "the key was revoked"
    MALFORMED_KEY = "the published key is malformed"
    OTHER_KEY = "the published key is for another algorithm, hash or service"
    TESTING = "the key is published for testing only (t=y)"
    WEAK_KEY = "the key is weak: RSA keys must have 1,024 to 8,192 bits"
    SEAL_INCOMPLETE = "the ARC set is incomplete, or one of its fields stands twice"
    SEAL_DOMAINS = "the ARC set's two signatures are of different domains"
    CHAIN_UNPROVEN = "the ARC chain below it holds a seal of others, which was not verified"
    CHAIN_BROKEN = "the ARC chain does not verify"
    SEAL_ALONE = (
        "the seal says that the message passed through, not which tenant was authenticated as its sender"
    )
    SEAL_AMBIGUOUS = "the sealed results name more than one tenant"
    SEAL_OF_OTHERS = (
        "only a signing domain of the provider can seal for any tenant, another for its owner alone"
    )
    SEALED_LONG = "the sealed results are too long, or too many: not read"
    SEALED_SWAPPABLE = (
        "the ARC set does not cover the DKIM signatures that its results rest on: they may be others now"
    )
    SEALED_WEAK = (
        "the signature that the sealed results rest on is missing, or does not cover the whole message"
    )


class Unproven(Exception):  # noqa: N818 - no error: it is what is found out
    """A signature proves nothing; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
