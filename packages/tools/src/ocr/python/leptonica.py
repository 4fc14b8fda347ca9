"""Measures the orientation and skew of a page with Leptonica, the image library of Tesseract.

It finds the angle at which the rows of a page differ most, and compares ascenders with descenders: in hundredths of a second,
where Tesseract's page analysis takes half a second. It is called directly, as its Python package is not maintained.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL, POINTER, byref, c_char_p, c_float, c_int, c_void_p, cdll
from dataclasses import dataclass
from functools import cache
from os import fsencode
from pathlib import Path

# Leptonica's limits: below this ratio the result is noise, and it searches only this range of degrees.
MIN_CONFIDENCE = 3.0
WIDEST_ANGLE = 6.9
# Minimum confidence that text is upright, in standard deviations, and its minimum ratio to the confidence for sideways text.
UPRIGHT, UPRIGHT_TO_SIDEWAYS = 7.0, 2.0
# Tile size of Otsu's threshold, large enough for text and paper.
TILE_PIXELS = 400
SILENT = 6


@dataclass
class Alignment:
    looks_upright: bool
    """True if the page is certainly upright; False if that is unknown."""
    skew: float | None
    """Degrees, counter-clockwise, to turn the image by; None if unknown."""


def measure_alignment(picture: Path) -> Alignment:
    library = _library()
    with _black_and_white(library, picture) as page:
        angle, confidence, up, left = c_float(), c_float(), c_float(), c_float()
        is_blank = library.pixFindSkew(page, byref(angle), byref(confidence))
        library.pixOrientDetect(page, byref(up), byref(left), 0, 0)
    is_sure = not is_blank and confidence.value >= MIN_CONFIDENCE and abs(angle.value) <= WIDEST_ANGLE
    return Alignment(
        looks_upright=up.value >= max(UPRIGHT, UPRIGHT_TO_SIDEWAYS * abs(left.value)),
        # Leptonica's angles are clockwise.
        skew=-angle.value if is_sure else None,
    )


@contextmanager
def _black_and_white(library: CDLL, picture: Path) -> Iterator[c_void_p]:
    pictures = [c_void_p(), c_void_p(), c_void_p()]
    try:
        pictures[0].value = library.pixRead(fsencode(picture))
        pictures[1].value = library.pixConvertTo8(pictures[0], 0)
        tile = (TILE_PIXELS, TILE_PIXELS, 0, 0, c_float(0.1))
        library.pixOtsuAdaptiveThreshold(pictures[1], *tile, None, byref(pictures[2]))
        yield pictures[2]
    finally:
        for each in pictures:
            library.pixDestroy(byref(each))


@cache
def _library() -> CDLL:
    library = cdll.LoadLibrary("libleptonica.so.6")
    pix, number, pix_out, number_out = c_void_p, c_int, POINTER(c_void_p), POINTER(c_float)
    for name, result, arguments in (
        ("pixRead", pix, [c_char_p]),
        ("pixConvertTo8", pix, [pix, number]),
        ("pixOtsuAdaptiveThreshold", number, [pix, *[number] * 4, c_float, pix_out, pix_out]),
        ("pixFindSkew", number, [pix, number_out, number_out]),
        ("pixOrientDetect", number, [pix, number_out, number_out, number, number]),
        ("pixDestroy", None, [pix_out]),
        ("setMsgSeverity", number, [number]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    library.setMsgSeverity(SILENT)
    return library
