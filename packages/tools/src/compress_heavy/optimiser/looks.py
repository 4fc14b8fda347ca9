"""Whether pages look the same, by rendering them."""
import io
import subprocess
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ssim import Reference

_TIMEOUT_SECONDS = 60
# Of the averages of tiles, in levels of 255: what is missing somewhere shows there, however large the page is.
_TILE = 16
_MOST_OFF = 64


@dataclass(frozen=True)
class Rendering:
    """One page as a screen shows it, and the text on it."""

    picture: Image.Image
    text: str


class Renderer:
    """Renders pages of one file; in the background, as nobody waits for it yet."""

    def __init__(self, path: str, pool: Executor) -> None:
        self.path = path
        self.pool = pool

    def start(self, pages: Mapping[int, int]) -> dict[int, Future[Rendering | None]]:
        """Of each page, by number, the longest side in pixels is given."""
        return {page: self.pool.submit(self.render, page, pixels) for page, pixels in pages.items()}

    def render(self, page: int, pixels: int) -> Rendering | None:
        """None where it can't be rendered in time."""
        only = ["-f", str(page), "-l", str(page)]
        try:
            made = subprocess.run(
                ["pdftoppm", "-scale-to", str(pixels), *only, self.path],
                capture_output=True, timeout=_TIMEOUT_SECONDS, check=True,
            )  # fmt: skip
            text = subprocess.run(
                ["pdftotext", "-raw", *only, self.path, "-"], capture_output=True, timeout=_TIMEOUT_SECONDS, check=True
            )
            picture = Image.open(io.BytesIO(made.stdout))
            picture.load()
        except (subprocess.SubprocessError, OSError, SyntaxError):
            return None
        return Rendering(picture, "".join(sorted("".join(text.stdout.decode("utf-8", "replace").split()))))


def likeness(original: Rendering, candidate: Rendering | None, in_grey: bool) -> float:
    """SSIM of two renderings; 0 where text, colours or a part of the page are missing."""
    if candidate is None or candidate.text != original.text:
        return 0.0
    first, second = original.picture, candidate.picture
    if any(abs(one - other) > 3 for one, other in zip(first.size, second.size, strict=True)):
        return 0.0
    size = (min(first.width, second.width), min(first.height, second.height))
    first, second = first.crop((0, 0, *size)), second.crop((0, 0, *size))
    mode = "L" if in_grey else "RGB"
    tiles = [np.asarray(picture.convert(mode).reduce(_TILE)).astype(np.int16) for picture in (first, second)]
    if np.abs(tiles[0] - tiles[1]).max() > _MOST_OFF:
        return 0.0
    return Reference(first).similarity(second)
