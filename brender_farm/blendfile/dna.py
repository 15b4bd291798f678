"""The structs of a .blend: its DNA1 block, which describes them as the Blender that saved it had.

Everything is checked against the block's length when it is parsed, and a struct's fields are laid
out only when they are asked for: a file names a thousand structs and ten of them matter here.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

_ARRAY = re.compile(rb"\[(\d{1,6})\]")
_MAX_COUNT = 1_000_000


class DnaError(ValueError):
    """The DNA1 block cannot be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a struct."""

    type_name: bytes
    offset: int
    size_bytes: int
    is_pointer: bool


class Dna:
    """The struct catalogue of one file."""

    def __init__(self, data: bytes, *, pointer_bytes: int, big_endian: bool) -> None:
        self._order = ">" if big_endian else "<"
        self._pointer_bytes = pointer_bytes
        try:
            self._parse(data)
        except (struct.error, IndexError, ValueError) as error:
            raise DnaError(f"its DNA1 block cannot be understood: {error}") from error

    def struct_name(self, number: int) -> bytes:
        """Return the name of a struct by the number block headers use; empty if unknown."""
        return self._struct_names[number] if 0 <= number < len(self._struct_names) else b""

    def struct_bytes(self, name: bytes) -> int:
        return self._sizes.get(name, 0)

    def fields(self, name: bytes) -> dict[bytes, Field]:
        """Return the fields of a struct by plain name; empty if there is no such struct."""
        if name not in self._fields:
            self._fields[name] = self._lay_out(name) if name in self._layouts else {}
        return self._fields[name]

    def _parse(self, data: bytes) -> None:
        if data[:4] != b"SDNA":
            raise DnaError("it does not begin with SDNA")
        self._names, place = self._strings(data, 4, b"NAME")
        self._types, place = self._strings(data, place, b"TYPE")
        place = _expect(data, place, b"TLEN")
        lengths = struct.unpack_from(f"{self._order}{len(self._types)}H", data, place)
        self._sizes: dict[bytes, int] = dict(zip(self._types, lengths, strict=True))
        place = _expect(data, _aligned(place + 2 * len(self._types)), b"STRC")
        self._structs(data, place)

    def _strings(self, data: bytes, place: int, tag: bytes) -> tuple[list[bytes], int]:
        place = _expect(data, place, tag)
        count = self._int(data, place)
        if not 0 < count <= _MAX_COUNT:
            raise DnaError(f"{count} entries in {tag.decode()}")
        parts = data[place + 4 :].split(b"\0", count)
        if len(parts) != count + 1:
            raise DnaError(f"{tag.decode()} ends too early")
        rest = len(parts.pop())
        return parts, _aligned(len(data) - rest)

    def _structs(self, data: bytes, place: int) -> None:
        count = self._int(data, place)
        if not 0 < count <= _MAX_COUNT:
            raise DnaError(f"{count} structs")
        numbers = struct.unpack_from(
            f"{self._order}{(len(data) - place - 4) // 2}H", data, place + 4
        )
        self._struct_names: list[bytes] = []
        self._layouts: dict[bytes, tuple[int, ...]] = {}
        self._fields: dict[bytes, dict[bytes, Field]] = {}
        at = 0
        for _ in range(count):
            name = self._types[numbers[at]]
            end = at + 2 + 2 * numbers[at + 1]
            if end > len(numbers):
                raise DnaError("STRC ends too early")
            self._struct_names.append(name)
            self._layouts[name] = numbers[at + 2 : end]
            at = end

    def _lay_out(self, name: bytes) -> dict[bytes, Field]:
        numbers = self._layouts[name]
        fields: dict[bytes, Field] = {}
        offset = 0
        for type_number, name_number in zip(numbers[::2], numbers[1::2], strict=True):
            if type_number >= len(self._types) or name_number >= len(self._names):
                raise DnaError("a field without a name or type")
            type_name, full_name = self._types[type_number], self._names[name_number]
            is_pointer = b"*" in full_name
            size_bytes = self._pointer_bytes if is_pointer else self._sizes[type_name]
            for length in _ARRAY.findall(full_name):
                size_bytes *= int(length)
            fields[full_name.strip(b"*()").partition(b"[")[0]] = Field(
                type_name=type_name, offset=offset, size_bytes=size_bytes, is_pointer=is_pointer
            )
            offset += size_bytes
            if offset > self._sizes[name]:
                raise DnaError(f"struct {name.decode(errors='replace')} is longer than it says")
        return fields

    def _int(self, data: bytes, place: int) -> int:
        (number,) = struct.unpack_from(f"{self._order}i", data, place)
        return int(number)


def _expect(data: bytes, place: int, tag: bytes) -> int:
    if data[place : place + 4] != tag:
        raise DnaError(f"{tag.decode()} is missing")
    return place + 4


def _aligned(place: int) -> int:
    return (place + 3) & ~3
