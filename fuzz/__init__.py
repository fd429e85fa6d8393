"""Looks for mails that break a promise of the program: builds them, damages them, and asks one oracle (`make fuzz`)."""
