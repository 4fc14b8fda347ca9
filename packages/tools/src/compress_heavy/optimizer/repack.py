"""Recompresses streams."""
import os
import zlib
from concurrent.futures import ThreadPoolExecutor

import pikepdf
from pikepdf import Array, Name, Stream

from flate import compress

# Filters that Deflate can improve; images have their own.
_REPLACEABLE_FILTERS = ("/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx", "/RunLengthDecode", "/RL")
_UNCHANGED_TYPES = ("/Metadata", "/XRef", "/ObjStm")
# A stream is replaced if it gets smaller than this share of its size.
_MAX_SIZE_RATIO = 0.98
# Above this size the best parsing takes too long.
_MAX_BYTES = 64 * 1024 * 1024


def repack_streams(pdf: pikepdf.Pdf) -> None:
    """Deflates streams that are uncompressed, in LZW or poorly compressed."""
    with ThreadPoolExecutor(os.process_cpu_count() or 1) as pool:
        waiting = []
        for value in pdf.objects:
            if not isinstance(value, Stream) or not _is_replaceable(value):
                continue
            try:
                data, size = _read(value)
            except (pikepdf.PdfError, zlib.error):
                continue
            if len(data) <= _MAX_BYTES:
                waiting.append((value, size, pool.submit(compress, data)))
        for stream, size, future in waiting:
            packed = future.result()
            if len(packed) < size * _MAX_SIZE_RATIO:
                # Keeps the predictor, so that /DecodeParms stays valid.
                parms = stream.get("/DecodeParms") if _is_deflated(stream) else None
                stream.write(packed, filter=Name.FlateDecode, decode_parms=parms)


def _read(stream: Stream) -> tuple[bytes, int]:
    """Returns the data that Deflate compresses, and the current size. Predictors stay applied."""
    raw = stream.read_raw_bytes()
    return (zlib.decompress(raw) if _is_deflated(stream) else stream.read_bytes()), len(raw)


def _is_deflated(stream: Stream) -> bool:
    return stream.get("/Filter") == Name.FlateDecode


def _is_replaceable(stream: Stream) -> bool:
    if str(stream.get("/Type")) in _UNCHANGED_TYPES or "/F" in stream:
        return False
    filters = stream.get("/Filter", Array())
    listed = filters if isinstance(filters, Array) else [filters]
    return all(isinstance(one, Name) and str(one) in _REPLACEABLE_FILTERS for one in listed)
