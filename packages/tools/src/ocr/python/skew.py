"""How crooked a page lies, found by Leptonica, the library that Tesseract itself reads images with.

Leptonica looks for the angle at which the rows of a page differ most from one another: a few hundredths of a second where
Tesseract's layout analysis takes half of one. It is called directly, as no Python package of it is kept up.
"""

from ctypes import CDLL, POINTER, byref, c_char_p, c_float, c_int, c_void_p, cdll
from os import fsencode
from pathlib import Path

# Leptonica's own limits: below this ratio its answer is noise, and it looks no further than these degrees.
LEAST_CONFIDENCE = 3.0
WIDEST_ANGLE = 6.9
# A tile of Otsu's threshold, large enough to hold text and paper both.
TILE_PIXELS = 400


def _library() -> CDLL:
    library = cdll.LoadLibrary("libleptonica.so.6")
    library.pixRead.restype = c_void_p
    library.pixRead.argtypes = [c_char_p]
    library.pixConvertTo8.restype = c_void_p
    library.pixConvertTo8.argtypes = [c_void_p, c_int]
    library.pixOtsuAdaptiveThreshold.argtypes = [
        *[c_void_p, c_int, c_int, c_int, c_int, c_float],
        *[POINTER(c_void_p), POINTER(c_void_p)],
    ]
    library.pixFindSkew.argtypes = [c_void_p, POINTER(c_float), POINTER(c_float)]
    library.pixDestroy.argtypes = [POINTER(c_void_p)]
    library.setMsgSeverity(6)  # no messages
    return library


def find_skew(image: Path) -> float | None:
    """The degrees, counter-clockwise, to turn the image by; None where Leptonica is not sure."""
    library = _library()
    pictures = [c_void_p(library.pixRead(fsencode(image)))]
    try:
        pictures.append(c_void_p(library.pixConvertTo8(pictures[0], 0)))
        black_and_white = c_void_p()
        pictures.append(black_and_white)
        tiles = (TILE_PIXELS, TILE_PIXELS, 0, 0, c_float(0.1))
        library.pixOtsuAdaptiveThreshold(pictures[1], *tiles, None, byref(black_and_white))
        angle, confidence = c_float(), c_float()
        failed = library.pixFindSkew(black_and_white, byref(angle), byref(confidence))
    finally:
        for picture in pictures:
            library.pixDestroy(byref(picture))
    if failed or confidence.value < LEAST_CONFIDENCE or abs(angle.value) > WIDEST_ANGLE:
        return None
    return -angle.value
