"""Inspects and changes a PDF of LibreOffice in place, without parsing it."""

import hashlib
import mmap
import re
from datetime import datetime
from pathlib import Path

PAGE_COUNT = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)")
ENCRYPTED = re.compile(rb"/Encrypt\s+\d+ 0 R")
INFO_DATE = re.compile(rb"/(?:CreationDate|ModDate)\s*\(D:(\d{14})")
XMP_DATE = re.compile(rb"<xmp:(?:CreateDate|ModifyDate|MetadataDate)>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
IDS = re.compile(rb"/ID\s*\[\s*<([0-9A-F]{32})>\s*<([0-9A-F]{32})>|/DocChecksum\s*/([0-9A-F]{32})")
UNDATED = datetime(1980, 1, 1)


class PdfFile:
    """A PDF of LibreOffice, whose dates and ids have a fixed length and can be overwritten."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def count_pages(self) -> int:
        """Returns 0 for a file that is no PDF."""
        if not self._path.exists() or self._path.stat().st_size == 0:
            return 0
        with self._path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return max((int(match[1]) for match in PAGE_COUNT.finditer(data)), default=0)

    def make_reproducible(self, changed: datetime | None) -> None:
        """Replaces the time of the export by the document's own, and ids by a digest of the rest."""
        date = changed or UNDATED
        with self._path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
            # Encryption keys derive from the id.
            if ENCRYPTED.search(data):
                return
            overwrite(data, INFO_DATE, date.strftime("%Y%m%d%H%M%S").encode())
            overwrite(data, XMP_DATE, date.strftime("%Y-%m-%dT%H:%M:%S").encode())
            overwrite(data, IDS, b"0" * 32)
            overwrite(data, IDS, hashlib.md5(data, usedforsecurity=False).hexdigest().upper().encode())


def overwrite(data: mmap.mmap, pattern: re.Pattern, value: bytes) -> None:
    """Overwrites every matched group with the value."""
    spans = [span for match in pattern.finditer(data) for span in match.regs[1:] if span[0] >= 0]
    for start, end in spans:
        if end - start == len(value):
            data[start:end] = value
