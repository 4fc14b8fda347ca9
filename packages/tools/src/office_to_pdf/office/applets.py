"""Applets in pages of HTML, which LibreOffice dies of where there is no Java."""

import re
from pathlib import Path

APPLET = re.compile(rb"<(/?)applet\b", re.IGNORECASE)
# Of no meaning to LibreOffice, which shows what is in it, as it should in place of an applet.
PLAIN = rb"<\1span"


def without_applets(source: Path, import_filter: str | None, copy: Path) -> Path:
    """The source, or a copy without them where it is HTML and has some."""
    if not (import_filter or "").startswith("HTML"):
        return source
    page = source.read_bytes()
    if not APPLET.search(page):
        return source
    copy.write_bytes(APPLET.sub(PLAIN, page))
    return copy
