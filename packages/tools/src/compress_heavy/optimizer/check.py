"""Compares a copy with its original."""
from collections.abc import Iterator
from concurrent.futures import Executor

import pikepdf
from pikepdf import Dictionary, Stream

from cpu_budget import Budget, TooSlow
from opening import Refused, open_document
from rendering import RenderedPage, is_text_lost, render, text_of
from settings import Settings
from structure import has_same_pages, missing_features, page_boxes, structure_of
from walk import SCREEN_PIXELS, inherited, longest_side, subdictionary

_LOW_DPI = 150


class Checker:
    """Renders the pages of the original while copies of it are made."""

    def __init__(self, source: str, pdf: pikepdf.Pdf, settings: Settings, pool: Executor, budget: Budget) -> None:
        self.pool = pool
        self.budget = budget
        self.pages = {page: _pixels(pdf.pages[page - 1].obj, settings) for page in sorted(sampled_pages(pdf))}
        self.renderings = {page: pool.submit(_render_original, budget, source, page, pixels) for page, pixels in self.pages.items()}
        self.text = pool.submit(text_of, budget, source)
        self.structure = structure_of(pdf)
        self.boxes = page_boxes(pdf)

    def is_readable(self) -> bool:
        """Whether a second reader can render the original. A page that takes too long counts as readable."""
        return any(rendering.result() is not None for rendering in self.renderings.values())

    def similarity(self, path: str, in_gray: bool) -> float:
        """Returns the lowest similarity of the sampled pages; 0 if something is lost. Raises TooSlow."""
        pages = [self.pool.submit(self.page_similarity, path, page, in_gray) for page in self.pages]
        text = self.pool.submit(text_of, self.budget, path)
        has_same_structure = self.has_same_structure(path)
        least = min(page.result() for page in pages)
        return least if has_same_structure and not is_text_lost(self.text.result(), text.result()) else 0.0

    def has_same_structure(self, path: str) -> bool:
        """Whether the copy has the pages and the structure of the original."""
        try:
            with open_document(path) as pdf:
                return not missing_features(self.structure, structure_of(pdf)) and has_same_pages(self.boxes, page_boxes(pdf))
        except Refused:
            return False

    def page_similarity(self, path: str, page: int, in_gray: bool) -> float:
        """Returns 1 if even the original page can't be rendered. Raises TooSlow."""
        rendering = self.renderings[page].result()
        if isinstance(rendering, TooSlow):
            raise rendering
        if rendering is None:
            return 1.0
        copy = render(self.budget, path, page, self.pages[page])
        return rendering.similarity(copy, in_gray) if copy is not None else 0.0


def _render_original(budget: Budget, source: str, page: int, pixels: int) -> RenderedPage | TooSlow | None:
    try:
        picture = render(budget, source, page, pixels)
    except TooSlow as slow:
        return slow
    return RenderedPage(picture) if picture is not None else None


def _pixels(page: Dictionary, settings: Settings) -> int:
    """Returns the screen's resolution, or a lower one if `dpi` is lower."""
    return round(min(SCREEN_PIXELS, longest_side(page) / 72 * settings.dpi) if settings.dpi < _LOW_DPI else SCREEN_PIXELS)


def sampled_pages(pdf: pikepdf.Pdf) -> set[int]:
    """Returns the first three pages, the middle one, and the one with most image data."""
    count = len(pdf.pages)
    weights = [sum(_image_lengths(page.obj)) for page in pdf.pages]
    heaviest = max(range(count), key=weights.__getitem__) + 1
    return {page for page in (1, 2, 3, count // 2 + 1, heaviest) if page <= count}


def _image_lengths(page: Dictionary) -> Iterator[int]:
    images = subdictionary(inherited(page, "/Resources"), "/XObject")
    for _, image in images.items() if images is not None else ():
        if isinstance(image, Stream) and image.get("/Subtype") == "/Image":
            yield int(image.get("/Length", 0))
