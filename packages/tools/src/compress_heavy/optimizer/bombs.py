"""Detects decompression bombs: streams that unpack to more than a machine can store."""
import zlib

import pikepdf
from pikepdf import Array, Name, Stream

MAX_BYTES = 512 * 1024 * 1024
# The maximum ratio of Deflate.
_MAX_RATIO = 1032
_CHUNK = 1 << 20
# More filters on one stream have no legitimate use.
_MAX_FILTERS = 8


def contains_bomb(pdf: pikepdf.Pdf) -> bool:
    """Whether content, a font or the like unpacks to more than MAX_BYTES. Images declare their size."""
    return any(_is_bomb(value) for value in pdf.objects if isinstance(value, Stream))


def _is_bomb(stream: Stream) -> bool:
    if stream.get("/Subtype") == "/Image":
        return False
    filters = stream.get("/Filter", Array())
    names = [str(one) for one in (filters if isinstance(filters, Array) else [filters]) if isinstance(one, Name)]
    if len(names) > _MAX_FILTERS:
        return True
    depth = sum(name in ("/FlateDecode", "/Fl") for name in names)
    if depth == 0 or int(stream.get("/Length", 0)) * _MAX_RATIO**depth <= MAX_BYTES:
        return False
    unpacked = 0
    try:
        for chunk in _unpacked(stream.read_raw_bytes(), depth):
            unpacked += len(chunk)
            if unpacked > MAX_BYTES:
                return True
    except zlib.error:
        # Other filters and damage are reported by their reader.
        return False
    return False


def _unpacked(data: bytes, depth: int):
    chunks = iter([data])
    for _ in range(depth):
        chunks = _inflated(chunks)
    return chunks


def _inflated(chunks):
    inflater = zlib.decompressobj()
    for chunk in chunks:
        while chunk:
            yield inflater.decompress(chunk, _CHUNK)
            chunk = inflater.unconsumed_tail
