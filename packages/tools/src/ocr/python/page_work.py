"""The page that this process is working on. Hooks of OCRmyPDF are told little of it, and one process works on one page at a time."""

from dataclasses import dataclass, field

from ocrmypdf import PageContext


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
    rendered: dict[float, str] = field(default_factory=dict)
    """Pictures of the page that lie on disk, by their resolution."""


_current: PageWork | None = None


def begin(page: PageContext) -> PageWork:
    global _current
    _current = PageWork(page)
    return _current


def current() -> PageWork:
    if _current is None:
        raise RuntimeError("no page is being worked on")
    return _current
