"""What is too large to be kept at all."""

MAX_FETCHED_BYTES = 256 * 1024 * 1024
"""A larger mail is set aside unread, and told: no database takes it, and one alone could use up the memory."""
TOO_LARGE = f"is larger than {MAX_FETCHED_BYTES // 1024**2} MiB: it is not kept, but set aside unread"
