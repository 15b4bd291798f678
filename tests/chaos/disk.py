"""A small file system for the shots' output, that a test can fill to the last byte."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path

SIZE_MIB = 192
_BLOCKS = (1 << 20, 1 << 12)


class OutputDisk:
    """A tmpfs of its own at `folder`; `close` takes it away."""

    def __init__(self, folder: Path) -> None:
        """Mount it. Raises OSError when this user may not."""
        folder.mkdir(parents=True, exist_ok=True)
        options = ["-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "chaos"]
        done = subprocess.run(["mount", *options, folder], capture_output=True, check=False)
        if done.returncode:
            raise OSError(errno.EPERM, done.stderr.decode().strip(), str(folder))
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room for one more byte."""
        with self._ballast.open("ab", buffering=0) as file:
            for block in _BLOCKS:
                try:
                    while True:
                        file.write(bytes(block))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def clear(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", self.folder], capture_output=True, check=False)
