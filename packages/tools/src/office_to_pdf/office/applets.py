"""Removes applets from HTML: without Java, LibreOffice crashes on them."""

import re
from pathlib import Path

# In encodings that are not listed, tags have the same bytes as in ASCII. LibreOffice detects UTF-16 even without a byte order mark.
ENCODINGS = ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# Replaces `applet`. LibreOffice shows the content of this element, as browsers show the content of an applet that they can't run.
PLAIN = "span"


def without_applets(source: Path, import_filter: str | None, copy: Path) -> Path:
    """Returns the source, or a copy without applets if the source is HTML with applets."""
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
    """Returns a pattern for the beginning of an applet's tags, in bytes, so that the rest of the page keeps its encoding."""
    opening, slash, name = (re.escape(part.encode(encoding)) for part in ("<", "/", "applet"))
    return re.compile(rb"(%b(?:%b)?)%b" % (opening, slash, name), re.IGNORECASE)
