"""What makes a rename survive a loss of power."""

import os
from pathlib import Path


def sync_directory(path: Path) -> None:
    """Have the names in a folder written to disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
