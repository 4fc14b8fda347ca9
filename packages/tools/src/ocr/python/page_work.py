"""The page that this process is working on: OCRmyPDF's hooks are told little of it, and a process works on one at a time."""

from dataclasses import dataclass, field
from pathlib import Path

from ocrmypdf import PageContext
from reader import Reading


@dataclass
class Outcome:
    """What the process that leads the others is told of a page, besides OCRmyPDF's own result."""

    angle: float = 0.0
    """Degrees, counter-clockwise, by which the page was turned to be read."""
    gave_up: bool = False
    """Reading took too long."""


@dataclass
class PageWork:
    page: PageContext
    outcome: Outcome = field(default_factory=Outcome)
    drawn: dict[float, Path] = field(default_factory=dict)
    """Pictures of the page as it is shown, by their resolution."""
    upright: tuple[Path, Reading | None] | None = None
    """A picture of the page set straight but not turned, and what was read there; None where that took too long."""


_current: PageWork | None = None


def begin(page: PageContext) -> PageWork:
    global _current
    _current = PageWork(page)
    return _current


def current() -> PageWork:
    if _current is None:
        raise RuntimeError("no page is being worked on")
    return _current
