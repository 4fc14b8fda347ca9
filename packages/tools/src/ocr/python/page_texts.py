"""Writes the text of a document page by page: recognized text, and the existing text of other pages."""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TextIO
from xml.etree import ElementTree

from cpu_budget import Budget, TooSlow
from prepare_pdf import BombError

HOCR_START = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<title></title>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<meta name="ocr-system" content="tesseract"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word"/>
</head>
<body>
"""
HOCR_END = "</body>\n</html>\n"
XHTML = "{http://www.w3.org/1999/xhtml}"
# hOCR has integer coordinates, for which points are too coarse.
OWN_TEXT_DPI = 300
POINTS_PER_INCH = 72
# CPU time for extracting the text of a document, by its size.
_TEXT_SECONDS, _TEXT_SECONDS_PER_MIB = 30, 10

PageText = Callable[[int], str]


class Writer:
    """Receives pages in order. `own_text` returns the existing text of a page, by its index."""

    def __init__(self, target: Path, own_text: PageText, kind: str):
        self._stream: TextIO = open(target, "w", encoding="utf-8")
        self._own_text = own_text
        self._is_hocr = kind == "hocr"
        self._pages = 0
        if self._is_hocr:
            self._stream.write(HOCR_START)

    def page(self, index: int, text: Path | None) -> None:
        """`text` is the recognized text in the output format; None if the page was not recognized."""
        if self._is_hocr:
            self._stream.write(_fragment(text.read_text("utf-8")) if text else self._own_text(index))
        else:
            read = text.read_text("utf-8") if text else self._own_text(index)
            self._stream.write(("\f" if self._pages else "") + read.removesuffix("\f"))
        self._pages += 1

    def close(self) -> None:
        if self._is_hocr:
            self._stream.write(HOCR_END)
        self._stream.close()


def _fragment(hocr: str) -> str:
    """Returns the page element of an hOCR document."""
    start, end = hocr.find("<div class='ocr_page'"), hocr.rfind("</body>")
    return hocr[start:end].rstrip() + "\n" if start >= 0 else ""


def own_text(pdf: Path, kind: str) -> PageText:
    """Returns the existing text of pages, which Poppler extracts for the whole document on the first call."""
    pages: list[str] = []

    def page(index: int) -> str:
        if not pages:
            pages.extend(_own_hocr(pdf) if kind == "hocr" else _poppler(pdf).split("\f"))
        return pages[index] if index < len(pages) else ""

    return page


def _poppler(pdf: Path, *flags: str) -> str:
    budget = Budget(_TEXT_SECONDS + _TEXT_SECONDS_PER_MIB * pdf.stat().st_size / 2**20)
    try:
        return budget.run("pdftotext", *flags, str(pdf), "-").decode("utf-8", "replace")
    except TooSlow as error:
        raise BombError from error


def _own_hocr(pdf: Path) -> list[str]:
    # Fonts without a mapping yield characters that XML forbids.
    xml = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", _poppler(pdf, "-bbox-layout"))
    pages = ElementTree.fromstring(xml).iter(f"{XHTML}page")
    return [_hocr_page(page, number) for number, page in enumerate(pages, 1)]


def _hocr_page(page: ElementTree.Element, number: int) -> str:
    size = _pixels(page, "width", "height")
    lines = [f"<div class='ocr_page' id='page_{number}' title='bbox 0 0 {size}; ppageno {number - 1}'>"]
    for block in page.iter(f"{XHTML}block"):
        lines.append(f"<div class='ocr_carea' title='{_box(block)}'><p class='ocr_par' title='{_box(block)}'>")
        for line in block.iter(f"{XHTML}line"):
            words = " ".join(
                f"<span class='ocrx_word' title='{_box(word)}'>{escape(word.text or '')}</span>"
                for word in line.iter(f"{XHTML}word")
            )
            lines.append(f"<span class='ocr_line' title='{_box(line)}'>{words}</span>")
        lines.append("</p></div>")
    return "\n".join([*lines, "</div>\n"])


def _box(element: ElementTree.Element) -> str:
    return f"bbox {_pixels(element, 'xMin', 'yMin', 'xMax', 'yMax')}"


def _pixels(element: ElementTree.Element, *names: str) -> str:
    values = (float(element.get(name, "0")) * OWN_TEXT_DPI / POINTS_PER_INCH for name in names)
    return " ".join(str(max(0, round(value))) for value in values)


WORD = re.compile(r"x_wconf (\d+)[^>]*>(.*?)</span>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def word_confidences(hocr: Path) -> list[int]:
    """Returns the confidence of each word that is not blank, from 0 to 100."""
    found = WORD.findall(hocr.read_text("utf-8")) if hocr.exists() else []
    return [int(confidence) for confidence, content in found if TAG.sub("", content).strip()]
