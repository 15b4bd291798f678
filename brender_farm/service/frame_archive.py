"""A ZIP of frames that is made while it is sent: kept nowhere, its length known ahead."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from zipstream.ng import ZIP_STORED, ZipStream

from brender_farm.errors import FarmError
from brender_farm.service.download import Download

MISSING_NAME = "MISSING.txt"

log = logging.getLogger(__name__)


class ArchiveBroken(FarmError):
    """A file changed while it was put into an archive; begin again."""

    permanent = False


class FrameArchive:
    """The archive of a download. Its files are read one after the other, when it is iterated."""

    def __init__(self, wanted: Download) -> None:
        """Take up what is there; what is not is listed in a text of its own in the archive."""
        self._stream = ZipStream(compress_type=ZIP_STORED, sized=True)  # pictures are packed
        missing = list(wanted.missing)
        for file in wanted.files:
            try:
                self._stream.add_path(str(file.path), f"{wanted.name}/{file.name}")
            except OSError as error:  # it vanished a moment ago
                missing.append(f"{file.name}: {error.strerror}")
        if missing:
            words = "Recorded as finished, and not there as published:\n\n" + "\n".join(missing)
            self._stream.add(words + "\n", f"{wanted.name}/{MISSING_NAME}")
        self.missing_count = len(missing)

    def __len__(self) -> int:
        """Return how many bytes it will have."""
        return len(self._stream)

    def __iter__(self) -> Iterator[bytes]:
        """Yield it piece by piece.

        Raises ArchiveBroken when a file is not as it was at the beginning: an archive that ends
        too soon is seen to be broken, one with a gap only looks whole.
        """
        try:
            yield from self._stream
        except (OSError, RuntimeError) as error:
            log.warning("A file changed while it was sent.", exc_info=True)
            raise ArchiveBroken(f"A file changed while it was sent: {error}") from error
