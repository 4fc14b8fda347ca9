"""Renders pages and extracts text, to compare a copy with the original."""
import io
import subprocess
from collections import Counter

import numpy as np
from PIL import Image

from cpu_budget import Budget
from ssim import Reference


_KEPT_SHARE = 0.95
# Limit of the difference of tile averages, in levels of 255: it shows a missing part on a page of any size.
_TILE = 16
_MAX_DIFFERENCE = 64


class RenderedPage:
    """A rendered page to compare others with."""

    def __init__(self, picture: Image.Image) -> None:
        self.tiles = picture.reduce(_TILE)
        self.reference = Reference(picture)

    def similarity(self, other: Image.Image, in_gray: bool) -> float:
        """Returns SSIM; 0 if a color or a part of the page is missing."""
        size = self.reference.size
        if any(abs(one - two) > 3 for one, two in zip(size, other.size, strict=True)):
            return 0.0
        other = other.crop((0, 0, *size))
        tiles = (self.tiles, other.reduce(_TILE))
        mode = "L" if in_gray else "RGB"
        first, second = (np.asarray(tile.convert(mode)).astype(np.int16) for tile in tiles)
        return self.reference.similarity(other) if np.abs(first - second).max() <= _MAX_DIFFERENCE else 0.0


def render(budget: Budget, path: str, page: int, pixels: int) -> Image.Image | None:
    """Renders a page with this many pixels on its longest side; None if it can't be rendered. Raises TooSlow."""
    only = ["-f", str(page), "-l", str(page)]
    try:
        picture = Image.open(io.BytesIO(budget.run("pdftoppm", "-scale-to", str(pixels), *only, path)))
        picture.load()
    except (subprocess.SubprocessError, OSError, SyntaxError):
        return None
    # For an unreadable page, the renderer returns a single pixel.
    return picture if max(picture.size) > pixels // 2 else None


def text_of(budget: Budget, path: str) -> Counter[str] | None:
    """Counts the characters of the document; None if they can't be extracted. Raises TooSlow."""
    try:
        text = budget.run("pdftotext", "-raw", path, "-")
    except subprocess.SubprocessError:
        return None
    return Counter(text.decode("utf-8", "replace"))


def is_text_lost(original: Counter[str] | None, copy: Counter[str] | None) -> bool:
    """Whether a character has become rarer, apart from spaces, which readers insert differently."""
    if original is None:
        return False
    return copy is None or any(
        copy[character] < count * _KEPT_SHARE - 2
        for character, count in original.items()
        if not character.isspace() and character != "-"
    )
