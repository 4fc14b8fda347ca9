"""Pictures in a document that take LibreOffice minutes and gigabytes, told by their heads."""

import zipfile
from pathlib import Path

from PIL import Image

MOST_PIXELS = 150_000_000
# Fewer bytes hold no picture of so many pixels, or not all of it.
LEAST_BYTES = 4096
TEXTS = (".xml", ".rels")
# The size is all that is asked for.
Image.MAX_IMAGE_PIXELS = None


def has_huge_picture(document: Path) -> bool:
    """Whether a part of a document that is a ZIP file is such a picture, whatever its name says; no other kind is looked into."""
    if not zipfile.is_zipfile(document):
        return False
    try:
        with zipfile.ZipFile(document) as package:
            parts = [part for part in package.infolist() if part.file_size >= LEAST_BYTES]
            return any(pixels_of(package, part) > MOST_PIXELS for part in parts if not part.filename.endswith(TEXTS))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        # LibreOffice says what is wrong with it.
        return False


def pixels_of(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """0 for what is no picture."""
    try:
        with package.open(part) as file, Image.open(file) as picture:
            return picture.width * picture.height
    except Exception:  # of damaged data, Pillow's readers raise anything
        return 0
