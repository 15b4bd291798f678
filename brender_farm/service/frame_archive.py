"""A ZIP of frames that is made while it is sent: kept nowhere, its length known ahead."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from zipstream.ng import ZIP_STORED, ZipStream

from brender_farm.beneath import open_below
from brender_farm.errors import FarmError
from brender_farm.service.download import Download, DownloadFile
from brender_farm.service.shapes.downloads import MISSING_NAME

_PIECE_BYTES = 256 * 1024

log = logging.getLogger(__name__)


class ArchiveBroken(FarmError):
    """A file changed while it was put into an archive; begin again."""

    permanent = False


class FrameArchive:
    """The archive of a download. Its files are read one after the other, when it is iterated."""

    def __init__(self, wanted: Download) -> None:
        """Take up what is there; what is not is listed in a text of its own in the archive."""
        self._stream = ZipStream(compress_type=ZIP_STORED, sized=True)  # pictures are packed
        for file in wanted.files:
            self._stream.add(_pieces(file), f"{wanted.name}/{file.name}", size=file.byte_count)
        if wanted.missing:
            words = "Recorded as finished, and not there as published:\n\n"
            words += "\n".join(wanted.missing) + "\n"
            self._stream.add(words, f"{wanted.name}/{MISSING_NAME}")
        self.missing_count = len(wanted.missing)

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


def _pieces(file: DownloadFile) -> Iterator[bytes]:
    """Read a file when its turn comes, and never what a link put in its place leads to."""
    with open_below(file.folder, file.name) as opened:
        while piece := opened.read(_PIECE_BYTES):
            yield piece
