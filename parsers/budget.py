"""What may be read of one arriving mail, whatever it nests: each limit *cuts*, and what was found within it stands.

docs/reading.md shows all of them.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """How much of something is read of one place, and of a whole mail with all that it encloses."""

    of_all: int
    of_one: int
    left: int
    """What is still read of each place when that of the whole mail is spent."""
    sentence: str
    """Says what was cut."""


KIB = 1024
MIB = 1024 * KIB

PARTS = Limit(500, 1, 0, "The mail has too many parts; the last ones were not read.")
DELIMITERS = Limit(
    5_000, 5_000, 10, "A multipart has too many lines like its delimiter; its end was not read."
)
SEARCHED_BYTES = Limit(
    64 * MIB, 64 * MIB, 4 * KIB, "The multiparts are too long; the ends of the inner ones were not read."
)
"""Where delimiters are looked for; each level of nested multiparts counts."""
HEADER_BYTES = Limit(2 * MIB, MIB, 4 * KIB, "The header is too long; its end was not read.")
FIELDS = Limit(20_000, 1_000, 20, "The header has too many fields; the last ones were not read.")
PARAMETERS = Limit(4_000, 100, 4, "A Content-Type is too long; its end was not read.")
MESSAGES = Limit(100, 1, 0, "The mail encloses too many messages; the last ones were not read.")
HOPS = Limit(1_000, 100, 5, "A message has too many Received lines; the oldest were not read.")
TEXT_BYTES = Limit(2 * MIB, MIB, 2 * KIB, "The texts are too long; their ends were not read.")
PAGE_CHARACTERS = Limit(512 * KIB, 512 * KIB, 2 * KIB, "The pages are too long; their ends were not read.")
WORDS = Limit(
    130_000, 8_000, 1_000, "The mail has too many texts; of the last ones only the beginning was read."
)
"""What programs write, and what people write to a desk, stands in the beginning of a text."""
PASTED_LINES = Limit(6_000, 6_000, 50, "A text has too many lines; the last ones were not read.")
FEEDBACK_PARTS = Limit(100, 20, 0, "The mail has too many feedback reports; the last ones were not read.")
FEEDBACK_BYTES = Limit(128 * KIB, 64 * KIB, 2 * KIB, "A feedback report is too long; its end was not read.")
FEEDBACK_FIELDS = Limit(
    1_000, 1_000, 30, "A feedback report has too many fields; the last ones were not read."
)
PROSE_CHARACTERS = Limit(
    128 * KIB,
    64 * KIB,
    KIB,
    "The texts are too long to look for addresses in all of them; their ends were not read.",
)
SHEET_TAGS = Limit(200_000, 100_000, 0, "A spreadsheet has too many cells; the last ones were not read.")
NAMED = Limit(20, 20, 0, "The text names too many addresses; the last ones were left out.")
XARF_BYTES = Limit(16 * MIB, 8 * MIB, 64 * KIB, "A XARF document is too long; its end was not read.")
XARF_VALUES = Limit(50_000, 20_000, 1_000, "A XARF document has too many values; its end was not read.")
XARF_DOCUMENTS = Limit(100, 50, 0, "The mail has too many XARF documents; the last ones were not read.")
OUTLOOK_ENTRIES = Limit(
    40_000, 10_000, 0, "An Outlook file has too many entries; the last ones were not read."
)
ARCHIVE_MEMBERS = Limit(10_000, 5_000, 0, "The archives hold too many files; the last ones were not read.")
UNPACKED_BYTES = Limit(32 * MIB, 32 * MIB, 0, "The archives hold too much; the last files were not read.")
"""What is read of them and what is unpacked; costlier methods count more (`parsers/sources.py`)."""
LONG_VALUE = "A subject or a list of addresses is too long; its end was not read."
PASTED = "A text shows too many messages; the last ones were not read."
REPORTS = Limit(100, 100, 0, "The mail brings too many reports; the last ones were left out.")


@dataclass(slots=True)
class Budget:
    """What was read of one mail, shared by all messages nested in it, and what was cut."""

    spent: dict[Limit, int] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)

    def warn(self, sentence: str) -> None:
        """Say once what was cut."""
        self.warnings[sentence] = None

    def allow(self, limit: Limit) -> int:
        """How much may be read of one more place."""
        rest = limit.of_all - self.spent.get(limit, 0)
        if rest >= limit.of_one:
            return limit.of_one
        return max(limit.left, rest)

    def spend(self, limit: Limit, amount: int) -> None:
        """So much was read."""
        self.spent[limit] = self.spent.get(limit, 0) + amount

    def take(self, limit: Limit, wanted: int) -> int:
        """How much of what one place has is read; where that is not all, there is a warning."""
        granted = self.allow(limit)
        if wanted <= granted:
            granted = wanted
        else:
            self.warnings[limit.sentence] = None
        self.spent[limit] = self.spent.get(limit, 0) + granted
        return granted
