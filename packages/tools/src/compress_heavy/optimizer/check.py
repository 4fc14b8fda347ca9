"""Holds a copy against its original."""
from collections.abc import Iterator
from concurrent.futures import Executor

import pikepdf
from pikepdf import Dictionary, Stream

from rendering import Look, TooSlow, is_text_lost, render, text_of
from opening import Refused, open_document
from settings import Settings
from structure import has_same_pages, lost, page_boxes, structure_of
from walk import SCREEN_PIXELS, entries, inherited, longest_side

_LOW_DPI = 150


class Checker:
    """Knows the original: its pages are being rendered while copies of it are made."""

    def __init__(self, source: str, pdf: pikepdf.Pdf, settings: Settings, pool: Executor) -> None:
        self.pool = pool
        self.pages = {page: _pixels(pdf.pages[page - 1].obj, settings) for page in sorted(sampled_pages(pdf))}
        self.looks = {page: pool.submit(_look, source, page, pixels) for page, pixels in self.pages.items()}
        self.text = pool.submit(text_of, source)
        self.structure = structure_of(pdf)
        self.boxes = page_boxes(pdf)

    def is_readable(self) -> bool:
        """Whether a second reader makes anything of the original; a page that takes it too long is not given up."""
        return any(look.result() is not None for look in self.looks.values())

    def likeness(self, path: str, in_gray: bool) -> float:
        """How alike the least alike of the sampled pages is; 0 where something is lost."""
        pages = [self.pool.submit(self.page_likeness, path, page, in_gray) for page in self.pages]
        text = self.pool.submit(text_of, path)
        try:
            with open_document(path) as pdf:
                is_whole = not lost(self.structure, structure_of(pdf)) and has_same_pages(self.boxes, page_boxes(pdf))
        except Refused:
            is_whole = False
        least = min(page.result() for page in pages)
        return least if is_whole and not is_text_lost(self.text.result(), text.result()) else 0.0

    def page_likeness(self, path: str, page: int, in_gray: bool) -> float:
        """Of a page that not even the original shows in time, nothing can be asked."""
        look = self.looks[page].result()
        if not isinstance(look, Look):
            return 1.0
        try:
            copy = render(path, page, self.pages[page])
        except TooSlow:
            return 0.0
        return look.likeness(copy, in_gray) if copy is not None else 0.0


def _look(source: str, page: int, pixels: int) -> Look | TooSlow | None:
    try:
        picture = render(source, page, pixels)
    except TooSlow as slow:
        return slow
    return Look(picture) if picture is not None else None


def _pixels(page: Dictionary, settings: Settings) -> int:
    """As many as the screen has; fewer where a resolution was asked for that is lower than the screen's."""
    return round(min(SCREEN_PIXELS, longest_side(page) / 72 * settings.dpi) if settings.dpi < _LOW_DPI else SCREEN_PIXELS)


def sampled_pages(pdf: pikepdf.Pdf) -> set[int]:
    """The first three, the middle one, and the one heaviest in images."""
    count = len(pdf.pages)
    weights = [sum(_image_lengths(page.obj)) for page in pdf.pages]
    heaviest = max(range(count), key=weights.__getitem__) + 1
    return {page for page in (1, 2, 3, count // 2 + 1, heaviest) if page <= count}


def _image_lengths(page: Dictionary) -> Iterator[int]:
    images = entries(inherited(page, "/Resources"), "/XObject")
    for _, image in images.items() if images is not None else ():
        if isinstance(image, Stream) and image.get("/Subtype") == "/Image":
            yield int(image.get("/Length", 0))
