"""The blocks of a .blend: an index from their headers alone, and records read from it.

A .blend is a run of blocks, each with a code (`SC` a scene, `DATA` what belongs to the block
before), its length, the struct it holds, and the address it had in memory: pointers in other
blocks are such addresses.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from brender_farm.blendfile.container import OpenBlend, damaged, truncated
from brender_farm.blendfile.dna import Dna, DnaError, Field

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_BLOCKS = 4_000_000
_MAX_DNA_BYTES = 64 * 1024 * 1024
_MAX_LIST = 100_000
"""Longest linked list that is followed; a damaged file can have a circle."""
_NUMBERS = {
    b"char": "b",
    b"uchar": "B",
    b"int8_t": "b",
    b"short": "h",
    b"ushort": "H",
    b"int": "i",
    b"int64_t": "q",
    b"uint64_t": "Q",
    b"float": "f",
    b"double": "d",
}


class Block(NamedTuple):
    """Where one block's data is and what it holds."""

    code: bytes
    offset: int
    size_bytes: int
    struct_number: int
    address: int


class BlockIndex:
    """Every block of a file, found by code, struct or address."""

    def __init__(self, blend: OpenBlend) -> None:
        self.blend = blend
        self.by_code: dict[bytes, list[Block]] = {}
        self.order = ">" if blend.header.big_endian else "<"
        self._addresses, self._offsets, self._sizes = array("Q"), array("q"), array("q")
        self._struct_numbers = array("i")
        self._sorted: list[int] | None = None
        self._scan()
        self.dna = self._read_dna()

    def __len__(self) -> int:
        return len(self._addresses)

    def struct_names(self) -> set[bytes]:
        """Return the names of every struct that some block holds."""
        return {self.dna.struct_name(number) for number in set(self._struct_numbers)}

    def records(self, code: bytes, struct_name: bytes) -> Iterator[Record]:
        """Yield a record for every block with this code, such as `SC` and `Scene`."""
        for block in self.by_code.get(code, ()):
            if self.dna.struct_name(block.struct_number) == struct_name:
                yield Record(self, block, struct_name)

    def at(self, address: int) -> Record | None:
        """Return the record at a memory address, None for a null or dangling pointer."""
        if not address:
            return None
        if self._sorted is None:
            self._sorted = sorted(range(len(self)), key=self._addresses.__getitem__)
        place = bisect_left(self._sorted, address, key=self._addresses.__getitem__)
        if place == len(self._sorted):
            return None
        number = self._sorted[place]
        if self._addresses[number] != address:
            return None
        block = Block(
            b"", self._offsets[number], self._sizes[number], self._struct_numbers[number], address
        )
        return Record(self, block, self.dna.struct_name(block.struct_number))

    def _scan(self) -> None:
        for block in walk_blocks(self.blend):
            if len(self._addresses) >= _MAX_BLOCKS:
                raise damaged(self.blend.path, f"it has more than {_MAX_BLOCKS:,} blocks")
            self._addresses.append(block.address)
            self._offsets.append(block.offset)
            self._sizes.append(block.size_bytes)
            self._struct_numbers.append(block.struct_number)
            if block.code != b"DATA":
                self.by_code.setdefault(block.code, []).append(block)

    def _read_dna(self) -> Dna:
        blend = self.blend
        found = self.by_code.get(b"DNA1")
        if not found or found[0].size_bytes > _MAX_DNA_BYTES:
            raise damaged(blend.path, "it does not describe its own structs")
        header = blend.header
        data = blend.read_at(found[0].offset, found[0].size_bytes)
        try:
            return Dna(data, pointer_bytes=header.pointer_bytes, big_endian=header.big_endian)
        except DnaError as error:
            raise damaged(blend.path, error) from error


@dataclass(frozen=True, slots=True)
class Record:
    """A struct in the file, read field by field."""

    index: BlockIndex
    block: Block
    struct_name: bytes

    def number(self, *path: bytes, default: float = 0) -> int | float:
        """Return a number by its path, such as `r`, `xsch`; `default` where there is none."""
        field = self._find(path)
        letter = "" if field is None or field.is_pointer else _NUMBERS.get(field.type_name, "")
        if field is None or not letter:
            return default
        layout = f"{self.index.order}{letter}"
        value: int | float = struct.unpack(layout, self._bytes(field, struct.calcsize(layout)))[0]
        return value

    def integer(self, *path: bytes, default: int = 0) -> int:
        return int(self.number(*path, default=default))

    def text(self, *path: bytes) -> str:
        """Return a zero-terminated text by its path; undecodable bytes are replaced."""
        field = self._find(path)
        if field is None or field.is_pointer:
            return ""
        return self._bytes(field, field.size_bytes).partition(b"\0")[0].decode(errors="replace")

    def pointer(self, *path: bytes) -> int:
        """Return the address in a pointer field, 0 where there is none."""
        field = self._find(path)
        if field is None or not field.is_pointer:
            return 0
        size_bytes = self.index.blend.header.pointer_bytes
        letter = "Q" if size_bytes == 8 else "I"
        (address,) = struct.unpack(f"{self.index.order}{letter}", self._bytes(field, size_bytes))
        return int(address)

    def follow(self, *path: bytes) -> Record | None:
        return self.index.at(self.pointer(*path))

    def listed(self, *path: bytes) -> Iterator[Record]:
        """Yield what a ListBase holds, each thing once, at most 100,000."""
        seen: set[int] = set()
        item = self.follow(*path, b"first")
        while item and item.block.address not in seen and len(seen) < _MAX_LIST:
            seen.add(item.block.address)
            yield item
            item = item.follow(b"next")

    def _find(self, path: tuple[bytes, ...]) -> Field | None:
        """Return the field with its offset counted from the start of the block."""
        struct_name, offset, found = self.struct_name, 0, None
        for name in path:
            if found is not None and found.is_pointer:
                return None
            found = self._field(struct_name, name)
            if found is None:
                return None
            struct_name, offset = found.type_name, offset + found.offset
        if found is None:
            return None
        return Field(
            type_name=found.type_name,
            offset=offset,
            size_bytes=found.size_bytes,
            is_pointer=found.is_pointer,
        )

    def _field(self, struct_name: bytes, name: bytes) -> Field | None:
        try:
            return self.index.dna.fields(struct_name).get(name)
        except DnaError as error:
            raise damaged(self.index.blend.path, error) from error

    def _bytes(self, field: Field, count: int) -> bytes:
        if field.offset + count > self.block.size_bytes:
            raise damaged(self.index.blend.path, "a block is shorter than its struct")
        return self.index.blend.read_at(self.block.offset + field.offset, count)


def walk_blocks(blend: OpenBlend) -> Iterator[Block]:
    """Yield every block up to ENDB, reading only the block headers.

    Raises BlendFileError where a header makes no sense or the file ends too early.
    """
    layout, places = _header_layout(blend)
    file, end, place = blend.file, blend.size_bytes, blend.header.size_bytes
    while True:
        file.seek(place)
        head = file.read(layout.size)
        if len(head) < layout.size:
            raise truncated(blend.path)
        values = layout.unpack(head)
        code = values[0].rstrip(b"\0")
        if code == b"ENDB":
            return
        size_bytes, address, struct_number = (values[where] for where in places)
        if size_bytes < 0 or not code:
            raise damaged(blend.path, f"the block header at byte {place:,} makes no sense")
        place += layout.size
        if place + size_bytes > end:
            raise truncated(blend.path)
        yield Block(code, place, size_bytes, struct_number, address)
        place += size_bytes


def _header_layout(blend: OpenBlend) -> tuple[struct.Struct, tuple[int, int, int]]:
    """Return how a block header is laid out, and where in it length, address and struct are."""
    header = blend.header
    if header.large_blocks:
        return struct.Struct("<4siQqq"), (3, 2, 1)
    order, letter = (">" if header.big_endian else "<"), ("Q" if header.pointer_bytes == 8 else "I")
    return struct.Struct(f"{order}4si{letter}ii"), (1, 2, 3)
