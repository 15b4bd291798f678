"""Comparing finished files with what was recorded of them when they were proven."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from brender_farm.db.reads.audit import RecordedFile, RecordedFrame
from brender_farm.domain.formats import ImageFormat
from brender_farm.domain.places import frame_name


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a frame's files."""

    wrong: str = ""
    """Which file is missing or has changed, in words; empty: none."""
    is_missing: bool = False
    """Whether what is wrong is that the file is not there."""
    unread: str = ""
    """Which file could not be read, so that nothing can be said of it; empty: none."""
    bytes_read: int = 0


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """A shot's output folder as this machine sees it."""

    path: Path
    padding: int
    format: ImageFormat
    file_prefix: str = ""
    """What stands before the frame number in a picture's name."""

    def trouble(self) -> str:
        """Return why it cannot be looked into, and what to do; empty when it can.

        Opening it is also what makes a machine ask a network file system's server what is in it:
        without, a file published a moment ago may seem to be missing.
        """
        try:
            os.close(os.open(self.path, os.O_RDONLY | os.O_DIRECTORY))
        except (FileNotFoundError, NotADirectoryError):
            return (
                f"The folder {self.path} is not there on this machine. Mount the disk that it is "
                "on; if it was deleted, make it again, empty, and audit once more."
            )
        except OSError as error:
            return (
                f"The folder {self.path} cannot be opened on this machine ({error.strerror}). "
                "Give the farm the right to read it."
            )
        return ""

    def look_at(self, frame: RecordedFrame, *, full: bool) -> Look:
        """Compare a frame's files: existence and size, and with `full` every byte."""
        bytes_read = 0
        for file in frame.files:
            name = file.name or frame_name(frame.frame, self.padding, self.format, self.file_prefix)
            look = _look(self.path / name, name, file, full=full)
            bytes_read += look.bytes_read
            if look.wrong or look.unread:
                return replace(look, bytes_read=bytes_read)
        return Look(bytes_read=bytes_read)


def _look(path: Path, name: str, recorded: RecordedFile, *, full: bool) -> Look:
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return Look(unread=f"{name} is not an ordinary file.")
        if recorded.byte_count is not None and status.st_size != recorded.byte_count:
            return Look(wrong=f"{name} has {status.st_size:,} bytes, not {recorded.byte_count:,}.")
        if full and recorded.digest:
            same = _digest(path) == recorded.digest
            wrong = "" if same else f"{name} has other bytes than it was published with."
            return Look(wrong=wrong, bytes_read=status.st_size)
    except (FileNotFoundError, NotADirectoryError):
        return Look(wrong=f"{name} is missing.", is_missing=True)
    except OSError as error:
        return Look(unread=f"{name} cannot be read ({error.strerror}).")
    return Look()


def _digest(path: Path) -> str:
    """Return the BLAKE2b of a file's bytes, 20 bytes long, hexadecimal, as `images.decode` does."""
    with path.open("rb", buffering=0) as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()
        with suppress(OSError, AttributeError):
            # What was read once is not needed in memory: the nodes' files are.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return digest
