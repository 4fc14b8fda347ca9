"""Whether pages look the same, by rendering them."""
import io
import subprocess
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor, Future

import numpy as np
from PIL import Image

from ssim import Reference

_TIMEOUT_SECONDS, _TEXT_SECONDS = 60, 300
_KEPT_SHARE = 0.95
# Of the averages of tiles, in levels of 255: what is missing somewhere shows there, however large the page is.
_TILE = 16
_MOST_OFF = 64


class Renderer:
    """Renders pages of one file; in the background, as nobody waits for it yet."""

    def __init__(self, path: str, pool: Executor) -> None:
        self.path = path
        self.pool = pool

    def start(self, pages: Mapping[int, int]) -> dict[int, Future[Image.Image | None]]:
        """Of each page, by number, the longest side in pixels is given."""
        return {page: self.pool.submit(self.render, page, pixels) for page, pixels in pages.items()}

    def render(self, page: int, pixels: int) -> Image.Image | None:
        """None where it can't be rendered in time."""
        only = ["-f", str(page), "-l", str(page)]
        try:
            made = subprocess.run(
                ["pdftoppm", "-scale-to", str(pixels), *only, self.path],
                capture_output=True, timeout=_TIMEOUT_SECONDS, check=True,
            )  # fmt: skip
            picture = Image.open(io.BytesIO(made.stdout))
            picture.load()
        except (subprocess.SubprocessError, OSError, SyntaxError):
            return None
        return picture

    def start_text(self) -> Future[Counter[str] | None]:
        """All characters of the document."""
        return self.pool.submit(self.text)

    def text(self) -> Counter[str] | None:
        try:
            made = subprocess.run(
                ["pdftotext", "-raw", self.path, "-"], capture_output=True, timeout=_TEXT_SECONDS, check=True
            )
        except subprocess.SubprocessError:
            return None
        return Counter(made.stdout.decode("utf-8", "replace"))


def is_text_lost(original: Counter[str] | None, copy: Counter[str] | None) -> bool:
    """Whether some character has become rarer by more than what readers make of the gaps between words."""
    if original is None:
        return False
    return copy is None or any(
        copy[character] < count * _KEPT_SHARE - 2
        for character, count in original.items()
        if not character.isspace() and character != "-"
    )


def likeness(first: Image.Image, second: Image.Image | None, in_grey: bool) -> float:
    """SSIM of two renderings; 0 where a colour or a part of the page is missing."""
    if second is None:
        return 0.0
    if any(abs(one - other) > 3 for one, other in zip(first.size, second.size, strict=True)):
        return 0.0
    size = (min(first.width, second.width), min(first.height, second.height))
    first, second = first.crop((0, 0, *size)), second.crop((0, 0, *size))
    mode = "L" if in_grey else "RGB"
    tiles = [np.asarray(picture.convert(mode).reduce(_TILE)).astype(np.int16) for picture in (first, second)]
    if np.abs(tiles[0] - tiles[1]).max() > _MOST_OFF:
        return 0.0
    return Reference(first).similarity(second)
