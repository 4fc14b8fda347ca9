"""Renders pages for recognition with Poppler: gray, uncompressed, once, and straightened on request."""

from math import sqrt
from os import link
from pathlib import Path
from subprocess import SubprocessError

from cpu_budget import Budget
from leptonica import Alignment
from page_work import PageWork
from PIL import Image
from reader import find_text_skew

# Tesseract gains nothing from more pixels, and takes longer.
MAX_DPI = 300.0
MAX_PIXELS = 100_000_000
# A smaller angle is invisible to readers and harmless to Tesseract.
MIN_ANGLE = 0.2
# CPU time for rendering a page. Real pages take a few seconds at most.
SECONDS = 30

ROTATIONS = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


def draw(work: PageWork, source: Path, target: Path, dpi: float) -> bool:
    """Renders the page into `target`. Returns False if Poppler fails. Raises TooSlow for a page that no other program should try to render."""
    dpi = min(fitting(work, dpi), MAX_DPI)
    if dpi in work.drawn:
        link(work.drawn[dpi], target)
        return True
    number = str(work.page.pageno + 1)
    stem = target.with_name(f"{target.name}.drawn")
    drawn = stem.with_name(f"{stem.name}.tif")
    args = ["-gray", "-tiff", "-tiffcompression", "none", "-r", f"{dpi:.6f}", "-f", number, "-l", number, "-singlefile"]
    try:
        Budget(SECONDS).run("pdftoppm", *args, str(source), str(stem))
        drawn.rename(target)
    except (SubprocessError, OSError):
        drawn.unlink(missing_ok=True)
        return False
    work.drawn[dpi] = target
    return True


def turn(picture: Path, rotation: int) -> None:
    """Turns the image by quarters, clockwise as in OCRmyPDF."""
    if not rotation:
        return
    with Image.open(picture) as image:
        _replace(picture, image.transpose(ROTATIONS[rotation]), image.info["dpi"])


def straighten(work: PageWork, picture: Path, alignment: Alignment, languages: list[str]) -> None:
    """Straightens the image and records its angle. Pages without an image are never skewed."""
    work.outcome.angle = 0.0
    if not work.page.pageinfo.images:
        return
    angle = find_text_skew(picture, languages) if alignment.skew is None else alignment.skew
    if abs(angle) < MIN_ANGLE:
        return
    with Image.open(picture) as image:
        straight = image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
        _replace(picture, straight, image.info["dpi"])
    work.outcome.angle = angle


def fitting(work: PageWork, dpi: float) -> float:
    """Returns the resolution, or a lower one for a page whose image would have too many pixels."""
    info = work.page.pageinfo
    square_inches = float(info.width_inches * info.height_inches) / float(info.userunit or 1) ** 2
    return min(dpi, sqrt(MAX_PIXELS / max(square_inches, 0.01)))


def _replace(path: Path, image: Image.Image, dpi: tuple[float, float]) -> None:
    # A new file: the old one may be linked to.
    path.unlink()
    image.save(path, format="TIFF", dpi=dpi)
