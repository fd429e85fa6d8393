"""A time that a test sets."""


class Clock:
    """Seconds, as a callable; it stands until the test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
