"""Holds a copy against its original."""
from collections.abc import Iterator
from concurrent.futures import Executor

import pikepdf

from looks import Renderer, is_text_lost, likeness
from opening import Refused, open_document
from pikepdf import Dictionary, Stream
from settings import Settings
from structure import has_same_pages, lost, page_boxes, structure_of
from walk import SCREEN_PIXELS, entries, inherited, longest_side


_LOW_DPI = 150


class Checker:
    """Knows the original: its pages are being rendered while copies of it are made."""

    def __init__(self, source: str, pdf: pikepdf.Pdf, settings: Settings, pool: Executor) -> None:
        self.pool = pool
        self.structure = structure_of(pdf)
        self.boxes = page_boxes(pdf)
        self.pages = {page: _pixels(pdf.pages[page - 1].obj, settings) for page in sorted(sampled_pages(pdf))}
        renderer = Renderer(source, pool)
        self.originals = renderer.start(self.pages)
        self.text = renderer.start_text()

    def is_readable(self) -> bool:
        """Whether a second reader makes anything of the original, where the first had to guess."""
        return any(rendering.result() is not None for rendering in self.originals.values())

    def likeness(self, path: str, in_grey: bool) -> float:
        """How alike the least alike of the sampled pages is; 0 where something is lost."""
        renderer = Renderer(path, self.pool)
        copies, text = renderer.start(self.pages), renderer.start_text()
        try:
            with open_document(path) as pdf:
                is_whole = not lost(self.structure, structure_of(pdf)) and has_same_pages(self.boxes, page_boxes(pdf))
        except Refused:
            is_whole = False
        least = 1.0
        for page, future in copies.items():
            original, copy = self.originals[page].result(), future.result()
            if original is not None:
                least = min(least, likeness(original, copy, in_grey))
        return least if is_whole and not is_text_lost(self.text.result(), text.result()) else 0.0


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
