"""Packs streams again, tighter."""
import os
from concurrent.futures import ThreadPoolExecutor

import pikepdf
from pikepdf import Array, Name, Stream

from flate import compress

# What a general compression can make smaller; images have theirs.
_OPEN = ("/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx", "/RunLengthDecode", "/RL")
_STAYS_READABLE = ("/Metadata", "/XRef", "/ObjStm")
_ALIKE = 0.98
# Above this much in one stream the best parsing takes too long for what it saves.
_MAX_BYTES = 64 * 1024 * 1024


def repack_streams(pdf: pikepdf.Pdf) -> None:
    """Deflates whatever lies open, in LZW or loosely packed."""
    with ThreadPoolExecutor(os.process_cpu_count() or 1) as pool:
        waiting = []
        for value in pdf.objects:
            if not isinstance(value, Stream) or not _is_open(value):
                continue
            try:
                data = value.read_bytes()
            except pikepdf.PdfError:
                continue
            if len(data) <= _MAX_BYTES:
                waiting.append((value, len(value.read_raw_bytes()), pool.submit(compress, data)))
        for stream, size, future in waiting:
            packed = future.result()
            if len(packed) < size * _ALIKE:
                stream.write(packed, filter=Name.FlateDecode)


def _is_open(stream: Stream) -> bool:
    if str(stream.get("/Type")) in _STAYS_READABLE or stream.get("/Subtype") == "/Image" or "/F" in stream:
        return False
    filters = stream.get("/Filter", Array())
    return all(str(one) in _OPEN for one in (filters if isinstance(filters, Array) else [filters]))
