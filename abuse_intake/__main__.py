"""`python -m abuse_intake` is `abuse-intake`."""

from abuse_intake.cli import main

main()
