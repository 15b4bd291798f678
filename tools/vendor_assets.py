"""Fetch the dashboard's third-party files from the npm registry, pinned, with licence and hashes.

Run `python tools/vendor_assets.py` after changing a version or the list of icons, and commit what
it writes; `--check` compares what is there with the recorded hashes and changes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "dashboard" / "static" / "vendor"
SUMS = "SHA256SUMS"

ICONS = [
    "archive",
    "arrow-clockwise",
    "arrow-counterclockwise",
    "arrow-down",
    "arrow-down-short",
    "arrow-left-right",
    "arrow-repeat",
    "arrow-return-left",
    "arrow-up",
    "arrow-up-short",
    "bell",
    "bell-slash",
    "bookmark",
    "box-arrow-right",
    "box-arrow-up-right",
    "chat-left-text",
    "check-circle-fill",
    "check-lg",
    "chevron-left",
    "chevron-right",
    "circle",
    "clipboard",
    "clock",
    "clock-history",
    "collection",
    "copy",
    "cpu",
    "device-ssd",
    "download",
    "envelope",
    "exclamation-circle",
    "exclamation-triangle-fill",
    "file-earmark-text",
    "file-earmark-zip",
    "film",
    "flower1",
    "folder-fill",
    "funnel",
    "gear",
    "graph-up",
    "grid-3x3-gap-fill",
    "grip-vertical",
    "hdd-network",
    "heart-pulse",
    "hourglass-split",
    "image",
    "info-circle",
    "journal-text",
    "key",
    "keyboard",
    "laptop",
    "layers",
    "layout-split",
    "list-ol",
    "memory",
    "moon-stars",
    "pause-fill",
    "pencil-square",
    "people",
    "person-circle",
    "person-plus",
    "play-fill",
    "plus-lg",
    "power",
    "question-circle",
    "record-circle",
    "search",
    "send",
    "shield-check",
    "slash-circle",
    "sliders",
    "speedometer2",
    "sun",
    "tags",
    "three-dots",
    "trash3",
    "wifi-off",
    "x-lg",
    "zoom-in",
    "zoom-out",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One npm package: which of its files are served, under which names."""

    name: str
    version: str
    files: dict[str, str]
    licence: str = "LICENSE"

    @property
    def folder(self) -> Path:
        return VENDOR / f"{self.name.rsplit('/', 1)[-1]}@{self.version}"


PACKAGES = (
    Package(
        name="bootstrap",
        version="5.3.8",
        files={"dist/css/bootstrap.min.css": "bootstrap.min.css"},
    ),
    Package(name="htmx.org", version="2.0.8", files={"dist/htmx.min.js": "htmx.min.js"}),
    Package(
        name="idiomorph",
        version="0.7.4",
        files={"dist/idiomorph-ext.min.js": "idiomorph-ext.min.js"},
    ),
    Package(
        name="uplot",
        version="1.6.32",
        files={"dist/uPlot.iife.min.js": "uPlot.min.js", "dist/uPlot.min.css": "uPlot.min.css"},
    ),
    Package(
        name="swagger-ui-dist",
        version="5.35.0",
        files={
            "swagger-ui-bundle.js": "swagger-ui-bundle.js",
            "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
            "swagger-ui.css": "swagger-ui.css",
            "NOTICE": "NOTICE",
        },
    ),
    Package(
        name="@fontsource-variable/inter",
        version="5.2.8",
        files={"files/inter-latin-wght-normal.woff2": "inter-latin-wght-normal.woff2"},
    ),
    Package(
        name="bootstrap-icons",
        version="1.13.1",
        files={f"icons/{icon}.svg": icon for icon in ICONS},
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the recorded hashes")
    if parser.parse_args().check:
        return check()
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            vendor(package, Path(scratch))
    return 0


def check() -> int:
    """Return 1, naming them, if files differ from their hashes or are not listed."""
    wrong = [problem for package in PACKAGES for problem in problems(package.folder)]
    sys.stdout.write("\n".join(wrong or ["All vendored files are as recorded."]) + "\n")
    return 1 if wrong else 0


def problems(folder: Path) -> list[str]:
    if not (folder / SUMS).is_file():
        return [f"{folder}: never fetched"]
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    recorded = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    present = {path.name: sha256(path) for path in folder.iterdir() if path.name != SUMS}
    names = sorted(recorded.keys() | present.keys())
    return [f"{folder / name}" for name in names if recorded.get(name) != present.get(name)]


def vendor(package: Package, scratch: Path) -> None:
    source = unpack(package, scratch)
    shutil.rmtree(package.folder, ignore_errors=True)
    package.folder.mkdir(parents=True)
    shutil.copyfile(source / package.licence, package.folder / "LICENSE")
    if package.name == "bootstrap-icons":
        (package.folder / "icons.svg").write_text(sprite(source, package), encoding="utf-8")
    else:
        for inside, name in package.files.items():
            shutil.copyfile(source / inside, package.folder / name)
    files = sorted(package.folder.iterdir())
    sums = "".join(f"{sha256(path)}  {path.name}\n" for path in files)
    (package.folder / SUMS).write_text(sums, encoding="utf-8")


def unpack(package: Package, scratch: Path) -> Path:
    """Download one package; npm itself verifies its integrity."""
    target = scratch / package.name.replace("/", "-")
    target.mkdir()
    subprocess.run(
        ["npm", "pack", f"{package.name}@{package.version}", "--silent"],  # noqa: S607
        cwd=target,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    archive = next(target.glob("*.tgz"))
    with tarfile.open(archive) as content:
        content.extractall(target, filter="data")
    return target / "package"


def sprite(source: Path, package: Package) -> str:
    symbols = [symbol(source / inside, name) for inside, name in sorted(package.files.items())]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def symbol(path: Path, name: str) -> str:
    found = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), re.DOTALL)
    if not found:
        raise SystemExit(f"{path} is not an SVG file.")
    shapes = "".join(line.strip() for line in found[1].splitlines())
    return f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{shapes}</symbol>'


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
