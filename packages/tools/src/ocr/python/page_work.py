"""State of the page that this process works on, one at a time: OCRmyPDF's hooks get little of it."""

from dataclasses import dataclass, field
from pathlib import Path

from ocrmypdf import PageContext
from reader import Reading


@dataclass
class Outcome:
    """What the main process gets of a page, besides OCRmyPDF's result."""

    angle: float = 0.0
    """Degrees, counter-clockwise, by which the page was turned for recognition."""
    gave_up: bool = False
    """Recognition took too long."""


@dataclass
class PageWork:
    page: PageContext
    outcome: Outcome = field(default_factory=Outcome)
    drawn: dict[float, Path] = field(default_factory=dict)
    """Images of the page by resolution."""
    upright: tuple[Path, Reading | None] | None = None
    """The straightened but not turned image with its recognized text; None if that took too long."""


_current: PageWork | None = None


def begin(page: PageContext) -> PageWork:
    global _current
    _current = PageWork(page)
    return _current


def current() -> PageWork:
    if _current is None:
        raise RuntimeError("no page is being worked on")
    return _current
