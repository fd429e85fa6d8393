"""What was found: which promise a mail breaks, and how."""

import traceback


class Finding(Exception):  # noqa: N818 - it is what is looked for, not an error of this program
    """A mail for which a promise does not hold."""

    def __init__(self, promise: str, detail: str) -> None:
        super().__init__(f"{promise}: {detail[:500]}")
        self.promise = promise

    @property
    def place(self) -> str:
        """Where the program raised, if it did: findings of one promise and one place are the same."""
        if self.__cause__ is None or isinstance(self.__cause__, AssertionError):
            return ""
        frames = traceback.extract_tb(self.__cause__.__traceback__)
        return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""

    @property
    def kind(self) -> tuple[str, str]:
        """What tells two findings apart."""
        return self.promise, self.place


def require(holds: object, detail: str) -> None:
    """An assertion that `python -O` keeps."""
    if not holds:
        raise AssertionError(detail)
