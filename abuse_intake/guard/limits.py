"""What one mail may cost a reader process. The slowest mail that we know, of 31 MB, takes a seventh of the time."""

MAX_BYTES = 50_000_000
"""A larger mail is not read, unless `mailbox.max_bytes` says otherwise."""
CPU_SECONDS = 2.0
"""Of one mail. The kernel ends the process, in the middle of a regular expression too."""
WALL_SECONDS = 3.5
"""Of one mail, on a machine that has other work."""
MEMORY_BYTES = 128 * 1024 * 1024
"""Of one mail, beyond what the process had before it."""
MEMORY_PER_BYTE = 5
"""What a mail may take beyond that for each byte of its own: a copy, its content decoded, the answer."""

WORKED = 0.25
"""A process that took less than this share of `CPU_SECONDS` when its time was over was stopped, or starved."""
DEATHS = 3
"""So many processes may end over one mail, one after the other, before it is blamed without proof."""

START_SECONDS = 10.0
"""Until a new process is ready to read."""
STARTS = 3
"""So many processes in a row may be ended from outside before they are ready."""
GRACE_SECONDS = 1.0
"""So much longer than its limit a process is waited for, which its own clock should have ended."""

FRAME_MAILS = 16
"""Mails that a process is given at once."""
FRAME_BYTES = 256 * 1024
"""Of these mails; a larger one goes alone."""
