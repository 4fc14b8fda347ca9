"""Applets in pages of HTML, which LibreOffice dies of where there is no Java."""

import re
from pathlib import Path

# LibreOffice reads UTF-16 also where no byte order mark says so. In all other encodings that it takes a page to be in, tags are
# written as in ASCII.
ENCODINGS = ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# Of no meaning to LibreOffice, which shows what is in it, as it should in place of an applet.
PLAIN = "span"


def without_applets(source: Path, import_filter: str | None, copy: Path) -> Path:
    """The source, or a copy without them where it is HTML and has some."""
    if not (import_filter or "").startswith("HTML"):
        return source
    page = source.read_bytes()
    plain = page
    for encoding in ENCODINGS:
        plain = tags(encoding).sub(rb"\1" + PLAIN.encode(encoding), plain)
    if plain == page:
        return source
    copy.write_bytes(plain)
    return copy


def tags(encoding: str) -> re.Pattern[bytes]:
    """The beginnings of an applet's tags, without touching how the rest of the page is encoded."""
    opening, slash, name = (re.escape(part.encode(encoding)) for part in ("<", "/", "applet"))
    return re.compile(rb"(%b(?:%b)?)%b" % (opening, slash, name), re.IGNORECASE)
