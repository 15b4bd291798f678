"""Where a show's frames go below its root: `{shot}/v{version:03}/{shot}_{frame:04}.{ext}`.

The pattern's last part is the frame's file, the others are folders. It is checked when it is set;
what it is filled with is made fit to be a file's name, so that nothing leads out of the root.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

FIELDS = ("show", "shot", "scene", "user", "date", "version", "frame", "ext")
DEFAULT_PADDING = 4
MAX_NAME_BYTES = 200
"""Of one part, filled: file systems take 255, and Blender adds frame, view and ending."""
_MAX_VALUE_BYTES = 120
EXAMPLE = "renders/{shot}/v{version:03}/{shot}_{frame:04}.{ext}"

_FIELD = re.compile(r"\{([a-z]+)(?::0?(\d{1,2}))?\}")
_TEXT_REFUSED = re.compile(r'[<>:"|?*\\{}\x00-\x1f]')
_NOT_IN_NAMES = re.compile(r"[^\w\-.+]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)
"""Names that Windows keeps for devices."""
_FILE_END = re.compile(r"\{frame(?::0?(\d{1,2}))?\}\.\{ext\}\Z")


class PatternRefused(ValueError):
    """The pattern cannot be used; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class OutputPattern:
    """A pattern that was checked."""

    folders: tuple[str, ...]
    prefix: str
    """What stands before the frame number in a file's name."""
    padding: int
    """Digits of that number; larger ones take more."""

    @property
    def has_version(self) -> bool:
        return any("{version" in folder for folder in self.folders)

    def version_place(self, values: Mapping[str, str]) -> tuple[tuple[str, ...], re.Pattern[str]]:
        """Return the folder, below the root, that versions lie in, and how one is called there."""
        at = next(i for i, folder in enumerate(self.folders) if "{version" in folder)
        parts = re.split(r"\{version(?::0?\d{1,2})?\}", self.folders[at])
        known = [re.escape(_fill(part, values)) for part in parts]
        name = re.compile(r"(\d+)".join(known[:2]) + "".join(rf"\d+{end}" for end in known[2:]))
        return tuple(_fill(folder, values) for folder in self.folders[:at]), name

    def fill(self, values: Mapping[str, str], version: int) -> tuple[tuple[str, ...], str]:
        """Return the folders and the file's prefix. Raises PatternRefused for too long a name."""
        filled = dict(values) | {"version": str(version)}
        folders = tuple(_fill(folder, filled) for folder in self.folders)
        prefix = _fill(self.prefix, filled)
        for name in (*folders, prefix):
            if len(name.encode()) > MAX_NAME_BYTES:
                raise PatternRefused(
                    f"{name[:40]}… has more than {MAX_NAME_BYTES} bytes. Give a shorter name."
                )
        return folders, prefix


def read_pattern(text: str) -> OutputPattern:
    """Understand a pattern. Raises PatternRefused."""
    *folders, file = text.strip().split("/")
    for folder in folders:
        _check_folder(folder)
    _check_part(file)
    end = _FILE_END.search(file)
    if end is None:
        raise PatternRefused(
            f"Its last part, {file!r}, must end with {{frame:04}}.{{ext}}: that is the frame's "
            f"file. Example: {EXAMPLE}"
        )
    prefix = file[: end.start()]
    padding = int(end[1] or 1)
    if not 1 <= padding <= 10:
        raise PatternRefused("A frame number has 1 to 10 digits, such as {frame:04}.")
    _check_fields(folders, prefix)
    return OutputPattern(tuple(folders), prefix, padding)


def safe_name(text: str, instead: str) -> str:
    """Return a name that is a file's on every system, and only that; `instead` if none is left."""
    name = _NOT_IN_NAMES.sub("_", text).encode()[:_MAX_VALUE_BYTES].decode(errors="ignore")
    name = name.strip("._")
    return f"{name}_" if _RESERVED.match(name) else name or instead


def _check_folder(folder: str) -> None:
    _check_part(folder)
    if folder.endswith((".", " ")):
        raise PatternRefused(f"The folder {folder!r} ends with a dot or space. Leave it out.")


def _check_part(part: str) -> None:
    for found in re.finditer(r"\{[^{}]*\}", part):
        field = _FIELD.fullmatch(found[0])
        if field is None or field[1] not in FIELDS:
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            raise PatternRefused(f"{found[0]} is no field. There are {known}.")
        if field[2] is not None and field[1] not in ("version", "frame"):
            raise PatternRefused(f"{found[0]}: only {{version:03}} and {{frame:04}} have digits.")
    text = re.sub(r"\{[^{}]*\}", "", part)
    if refused := _TEXT_REFUSED.search(text) or re.search(r"[^\w\s\x21-\x7e]", text):
        raise PatternRefused(f"{refused[0]!r} cannot be in a file's name. Leave it out.")
    if not part or part.startswith((".", " ")):
        raise PatternRefused(
            f"{part!r} is no name of a folder or file: it must not be empty, nor begin with a dot "
            "or space. The pattern is below the show's root, with / between folders."
        )
    if _RESERVED.match(part):
        raise PatternRefused(f"{part!r} is a name that Windows does not take. Choose another.")


def _check_fields(folders: list[str], prefix: str) -> None:
    for place in (*folders, prefix):
        for name in ("frame", "ext"):
            if f"{{{name}" in place:
                raise PatternRefused(f"{{{name}}} can only stand at the end: …{{frame:04}}.{{ext}}")
    if "{version" in prefix and not any("{version" in folder for folder in folders):
        raise PatternRefused(
            "Each version needs a folder of its own: put {version:03} into a folder's name as "
            f"well. Example: {EXAMPLE}"
        )
    if not any("{version" in folder or "{shot}" in folder for folder in folders):
        raise PatternRefused(
            "Each shot needs a folder of its own: put {shot} or {version:03} into a folder's "
            f"name. Example: {EXAMPLE}"
        )


def _fill(part: str, values: Mapping[str, str]) -> str:
    def value(field: re.Match[str]) -> str:
        return values[field[1]].zfill(int(field[2] or 1))

    return _FIELD.sub(value, part)
