"""Holds a copy against its original."""
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pikepdf

from looks import Renderer, likeness
from opening import Refused, open_document
from pikepdf import Dictionary, Stream
from settings import Settings
from structure import has_same_pages, lost, page_boxes, structure_of
from walk import entries, inherited


class Checker:
    """Knows the original: its pages are being rendered while copies of it are made."""

    def __init__(self, source: str, pdf: pikepdf.Pdf, settings: Settings, pool: ThreadPoolExecutor) -> None:
        self.pool = pool
        self.dpi = settings.dpi
        self.structure = structure_of(pdf)
        self.boxes = page_boxes(pdf)
        self.pages = {page: self.longest_side(page) for page in sorted(sampled_pages(pdf))}
        self.originals = Renderer(source, pool, self.dpi).start(self.pages)

    def is_readable(self) -> bool:
        """Whether a second reader makes anything of the original, where the first had to guess."""
        return any(rendering.result() is not None for rendering in self.originals.values())

    def longest_side(self, page: int) -> float:
        left, bottom, right, top = self.boxes[page - 1][:4]
        return max(abs(right - left), abs(top - bottom))

    def likeness(self, path: str, settings: Settings) -> float | None:
        """How alike the least alike of the sampled pages is; None where something is lost."""
        copies = Renderer(path, self.pool, self.dpi).start(self.pages)
        try:
            with open_document(path) as pdf:
                is_whole = not lost(self.structure, structure_of(pdf)) and has_same_pages(self.boxes, page_boxes(pdf))
        except Refused:
            is_whole = False
        least = 1.0
        for page, future in copies.items():
            original, copy = self.originals[page].result(), future.result()
            if original is not None:
                least = min(least, likeness(original, copy, settings.grayscale))
        return least if is_whole and least >= settings.likeness else None


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
