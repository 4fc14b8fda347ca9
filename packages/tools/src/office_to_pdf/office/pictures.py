"""Detects pictures that take LibreOffice minutes and gigabytes, by their headers."""

import zipfile
from pathlib import Path

from PIL import Image

MAX_PIXELS = 150_000_000
# Fewer bytes can't contain a complete picture of that many pixels.
MIN_BYTES = 4096
TEXTS = (".xml", ".rels")
# Only the size is read.
Image.MAX_IMAGE_PIXELS = None


def has_huge_picture(document: Path) -> bool:
    """Whether a part of a ZIP document is such a picture, whatever its name. Other documents are not inspected."""
    if not zipfile.is_zipfile(document):
        return False
    try:
        with zipfile.ZipFile(document) as package:
            parts = [part for part in package.infolist() if part.file_size >= MIN_BYTES]
            return any(pixels_of(package, part) > MAX_PIXELS for part in parts if not part.filename.endswith(TEXTS))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        # LibreOffice reports the damage.
        return False


def pixels_of(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Returns 0 for a part that is no picture."""
    try:
        with package.open(part) as file, Image.open(file) as picture:
            return picture.width * picture.height
    except Exception:  # Pillow raises various exceptions for damaged data
        return 0
