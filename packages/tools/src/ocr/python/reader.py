"""Tesseract within this process: its models are loaded once for all the pages that the process works on."""

from dataclasses import dataclass
from functools import cache
from math import degrees
from pathlib import Path

from PIL import Image
from tesserocr import PSM, PyTessBaseAPI

QUICK_DPI = 150
# Tesseract's scale, on which OCRmyPDF believes what is above 14.
SURE, NO_DOUBT_ABOUT_UPRIGHT = 14.0, 5.0
TRUSTED_WORD = 60
LEAST_LETTERS = 12
TURNED_TO_UPRIGHT = 1.5


@dataclass
class Orientation:
    angle: int
    """Degrees, clockwise, that the page is to be turned by."""
    confidence: float


@dataclass
class Reading:
    hocr: str
    text: str


@cache
def _engine(languages: str, mode: int) -> PyTessBaseAPI:
    engine = PyTessBaseAPI(lang=languages, psm=mode)
    engine.SetVariable("debug_file", "/dev/null")
    return engine


def _text_engine(languages: list[str]) -> PyTessBaseAPI:
    engine = _engine("+".join(languages), PSM.AUTO)
    # What it learnt from one page must not change what it reads on another: pages meet in any order.
    engine.ClearAdaptiveClassifier()
    return engine


def read(picture: Path, languages: list[str], page_number: int, seconds: float) -> Reading | None:
    """The page's text; None when it took longer than that."""
    engine = _text_engine(languages)
    try:
        engine.SetImageFile(str(picture))
        if not engine.Recognize(int(seconds * 1000)):
            return None
        return Reading(hocr=engine.GetHOCRText(page_number - 1), text=engine.GetUTF8Text())
    finally:
        engine.Clear()


def find_text_skew(picture: Path, languages: list[str]) -> float:
    """The degrees, counter-clockwise, that its lines of text are crooked by: slow, but told from a line or two."""
    engine = _text_engine(languages)
    try:
        engine.SetImageFile(str(picture))
        layout = engine.AnalyseLayout()
        return degrees(layout.Orientation()[3]) if layout else 0.0
    finally:
        engine.Clear()


def find_orientation(picture: Path, languages: list[str]) -> Orientation:
    """Which way up the page is: told from a small picture, then a large one, and in doubt by reading it both ways."""
    with Image.open(picture) as image:
        dpi = image.info["dpi"][0]
        factor = int(dpi // QUICK_DPI)
        if factor > 1:
            found = _detect(image.reduce(factor) if image.mode != "1" else image.convert("L").reduce(factor), dpi / factor)
            if _is_settled(found):
                return found
        found = _detect(image, dpi)
        if _is_settled(found) or found.angle == 0:
            return found
        letters = _trusted_letters(image, dpi, languages)
        turned = _trusted_letters(image.rotate(found.angle, expand=True), dpi, languages)
    is_turned = turned >= LEAST_LETTERS and turned > TURNED_TO_UPRIGHT * letters
    return Orientation(found.angle, SURE) if is_turned else Orientation(0, found.confidence)


def _is_settled(found: Orientation) -> bool:
    return found.confidence >= (NO_DOUBT_ABOUT_UPRIGHT if found.angle == 0 else SURE)


def _detect(image: Image.Image, dpi: float) -> Orientation:
    engine = _engine("osd", PSM.OSD_ONLY)
    try:
        _show(engine, image, dpi)
        found = engine.DetectOrientationScript()
    finally:
        engine.Clear()
    # None for a page with too few letters.
    return Orientation(found["orient_deg"], found["orient_conf"]) if found else Orientation(0, 0.0)


def _trusted_letters(image: Image.Image, dpi: float, languages: list[str]) -> int:
    engine = _text_engine(languages)
    try:
        _show(engine, image, dpi)
        engine.Recognize()
        return sum(len(word) for word, confidence in engine.MapWordConfidences() if confidence >= TRUSTED_WORD)
    finally:
        engine.Clear()


def _show(engine: PyTessBaseAPI, image: Image.Image, dpi: float) -> None:
    grey = image.convert("L")
    engine.SetImageBytes(grey.tobytes(), grey.width, grey.height, 1, grey.width)
    engine.SetSourceResolution(round(dpi))
