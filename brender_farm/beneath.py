"""Files below a folder of the farm, opened one step after the other and never through a link.

A path is resolved and compared with the roots once. Whoever may write to the storage can put a link
in its way a moment later, to have others' files shown, overwritten or removed. So what is opened
after that check is opened from its folder on, by descriptors that no new link changes.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_STEP = getattr(os, "O_PATH", os.O_RDONLY) | FOLDER
"""For folders on the way: passing through needs no right to read them."""
_FILE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # a named pipe must not hang us
_NO_LINK = "it is a link, or lies behind one, which is not followed"
_NO_FILE = "it is not an ordinary file"


@contextmanager
def opened_folder(folder: Path, *names: str, make: bool = False) -> Iterator[int]:
    """Give the descriptor of a folder, `names` below one whose path has no links.

    `make`: those of the names that are missing are made. Raises OSError, also for a link.
    """
    with ExitStack() as opened:
        yield _walk(opened, folder, names, last=FOLDER, make=make)


def open_below(folder: Path, name: str) -> BinaryIO:
    """Open an ordinary file below a folder, whose path has no links, for reading.

    `name` may have folders in it, with `/` between. Raises OSError, also for a link, a device, and
    a name that leads elsewhere.
    """
    *way, last = _parts(name)
    with ExitStack() as opened:
        place = _walk(opened, folder, way, last=_STEP)
        return os.fdopen(_opened_file(place, last, os.O_RDONLY), "rb")


def create_below(folder: Path, *names: str) -> int:
    """Open a file for writing, emptied or new, in folders that are made if they are missing.

    Returns its descriptor. Raises as `open_below` does.
    """
    *way, last = names
    with opened_folder(folder, *way, make=True) as place:
        descriptor = _opened_file(place, last, os.O_WRONLY | os.O_CREAT)
        os.ftruncate(descriptor, 0)
        return descriptor


@contextmanager
def held_below(folder: Path, name: str, aside: Path) -> Iterator[Path]:
    """Give a path, with the same ending, that leads to exactly the file which has this name now.

    It is for programs that take a path only, and lies in `aside`, where nobody else may write.
    Raises as `open_below` does.
    """
    with open_below(folder, name) as file:
        by_number = f"/proc/self/fd/{file.fileno()}"
        if not os.path.exists(by_number):  # noqa: PTH110 - another system: the name has to do
            yield folder / name
            return
        link = aside / f".{secrets.token_hex(8)}{PurePosixPath(name).suffix}"
        link.symlink_to(by_number)
        try:
            yield link
        finally:
            with suppress(FileNotFoundError):
                link.unlink()


def _walk(
    opened: ExitStack, folder: Path, names: Iterable[str], *, last: int, make: bool = False
) -> int:
    start, *steps = folder.parts
    below = [*steps, *names]
    descriptor = _kept(opened, os.open(start, _STEP if below else last))
    for number, step in enumerate(below, start=1):
        if make and number > len(steps):
            with suppress(FileExistsError):
                os.mkdir(step, dir_fd=descriptor)
        flags = last if number == len(below) else _STEP
        descriptor = _kept(opened, _opened(descriptor, step, flags))
    return descriptor


def _kept(opened: ExitStack, descriptor: int) -> int:
    opened.callback(os.close, descriptor)
    return descriptor


def _opened(place: int, name: str, flags: int) -> int:
    try:
        return os.open(name, flags, 0o666, dir_fd=place)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR) and _is_link(place, name):
            raise OSError(errno.ELOOP, _NO_LINK, name) from error
        raise


def _opened_file(place: int, name: str, flags: int) -> int:
    descriptor = _opened(place, name, flags | _FILE)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.set_blocking(descriptor, True)
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, _NO_FILE, name)


def _is_link(place: int, name: str) -> bool:
    with suppress(OSError):
        return stat.S_ISLNK(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode)
    return False


def _parts(name: str) -> tuple[str, ...]:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise OSError(errno.EINVAL, "it is no name below a folder", name)
    return path.parts
