"""Runs Tesseract in this process: its models are loaded once for all pages of the process."""

from dataclasses import dataclass
from functools import cache
from math import degrees
from pathlib import Path

from PIL import Image
from tesserocr import PSM, RIL, PyTessBaseAPI, WritingDirection, iterate_level

QUICK_DPI = 150
# Minimum confidence of a turned and of an upright orientation. OCRmyPDF accepts more than 14.
MIN_CONFIDENCE, MIN_UPRIGHT_CONFIDENCE = 14.0, 5.0
MIN_WORD_CONFIDENCE = 60
# Letters in trusted words of an upright page: this many, and this share of all, are not recognized by chance.
MIN_UPRIGHT_LETTERS, MIN_UPRIGHT_SHARE = 40, 0.75
# A page is turned if recognition then trusts this many letters, and this much more than before.
MIN_TURNED_LETTERS, MIN_TURNED_RATIO = 12, 1.5


@dataclass
class Orientation:
    angle: int
    """Degrees, clockwise, to turn the page by."""
    confidence: float


@dataclass
class Reading:
    hocr: str
    text: str
    letters: int
    trusted_letters: int
    """Letters in words of high confidence, in horizontal lines."""

    @property
    def is_upright(self) -> bool:
        """Whether a sideways or upside-down page could not have so much recognized text."""
        return self.trusted_letters >= max(MIN_UPRIGHT_LETTERS, MIN_UPRIGHT_SHARE * self.letters)


@cache
def _engine(languages: str, mode: int) -> PyTessBaseAPI:
    engine = PyTessBaseAPI(lang=languages, psm=mode)
    engine.SetVariable("debug_file", "/dev/null")
    return engine


def _text_engine(languages: list[str]) -> PyTessBaseAPI:
    engine = _engine("+".join(languages), PSM.AUTO)
    # Adaptation to one page must not change the result of another, as pages run in any order.
    engine.ClearAdaptiveClassifier()
    return engine


def read(picture: Path, languages: list[str], page_number: int, seconds: float) -> Reading | None:
    """Recognizes the page; returns None after the timeout."""
    engine = _text_engine(languages)
    try:
        engine.SetImageFile(str(picture))
        if not engine.Recognize(int(seconds * 1000)):
            return None
        letters = _count_letters(engine)
        return Reading(engine.GetHOCRText(page_number - 1), engine.GetUTF8Text(), *letters)
    finally:
        engine.Clear()


def _count_letters(engine: PyTessBaseAPI) -> tuple[int, int]:
    letters = trusted = 0
    results = engine.GetIterator()
    for word in iterate_level(results, RIL.WORD) if results else ():
        if word.Empty(RIL.WORD):
            continue
        length = len(word.GetUTF8Text(RIL.WORD).strip())
        letters += length
        # Tesseract also recognizes sideways pages, and takes their lines for columns.
        is_horizontal = word.Orientation()[1] != WritingDirection.TOP_TO_BOTTOM
        trusted += length if is_horizontal and word.Confidence(RIL.WORD) >= MIN_WORD_CONFIDENCE else 0
    return letters, trusted


def find_text_skew(picture: Path, languages: list[str]) -> float:
    """Returns the skew of text lines in degrees, counter-clockwise. Slow, but works with one or two lines."""
    engine = _text_engine(languages)
    try:
        engine.SetImageFile(str(picture))
        layout = engine.AnalyseLayout()
        return degrees(layout.Orientation()[3]) if layout else 0.0
    finally:
        engine.Clear()


def find_orientation(picture: Path, languages: list[str], upright: Reading | None) -> Orientation:
    """Finds the orientation from a small image, then a large one, and in doubt by recognition."""
    with Image.open(picture) as image:
        dpi = image.info["dpi"][0]
        factor = int(dpi // QUICK_DPI)
        if factor > 1:
            found = _detect(image.reduce(factor), dpi / factor)
            if _is_certain(found):
                return found
        found = _detect(image, dpi)
        if _is_certain(found) or found.angle == 0:
            return found
        turned = _trusted_letters(image.rotate(found.angle, expand=True), dpi, languages)
    before = upright.trusted_letters if upright else 0
    is_turned = turned >= MIN_TURNED_LETTERS and turned > MIN_TURNED_RATIO * before
    return Orientation(found.angle, MIN_CONFIDENCE) if is_turned else Orientation(0, found.confidence)


def _is_certain(found: Orientation) -> bool:
    return found.confidence >= (MIN_UPRIGHT_CONFIDENCE if found.angle == 0 else MIN_CONFIDENCE)


def _detect(image: Image.Image, dpi: float) -> Orientation:
    engine = _engine("osd", PSM.OSD_ONLY)
    try:
        _set_image(engine, image, dpi)
        found = engine.DetectOrientationScript()
    finally:
        engine.Clear()
    # None for a page with too few letters.
    return Orientation(found["orient_deg"], found["orient_conf"]) if found else Orientation(0, 0.0)


def _trusted_letters(image: Image.Image, dpi: float, languages: list[str]) -> int:
    engine = _text_engine(languages)
    try:
        _set_image(engine, image, dpi)
        engine.Recognize()
        return _count_letters(engine)[1]
    finally:
        engine.Clear()


def _set_image(engine: PyTessBaseAPI, image: Image.Image, dpi: float) -> None:
    gray = image.convert("L")
    engine.SetImageBytes(gray.tobytes(), gray.width, gray.height, 1, gray.width)
    engine.SetSourceResolution(round(dpi))
