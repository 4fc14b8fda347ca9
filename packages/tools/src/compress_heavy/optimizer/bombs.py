"""Detects bombs: streams that unpack to more than a machine can store, and forms that draw each other more often than it can draw."""
import re
import zlib
from collections import Counter

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

MAX_BYTES = 512 * 1024 * 1024
# The maximum ratio of Deflate.
_MAX_RATIO = 1032
_CHUNK = 1 << 20
# More filters on one stream have no legitimate use.
_MAX_FILTERS = 8
# Bytes of content that drawing a page may read, with the content of a form once each time it is drawn: a few seconds of Poppler.
_MAX_DRAWN_BYTES = 64 * 1024 * 1024
# A page with more is still accepted if the document has this share of it as content: maps draw a symbol thousands of times.
_MAX_AMPLIFICATION = 64
# Drawing a form costs as much as reading so many more bytes.
_FORM_BYTES = 500
_ENDLESS = 2**62
_MAX_PARENTS = 100
_SPACE = rb"(?:[\s\0]|%[^\r\n]*+[\r\n])"
_DRAWS_FORM = re.compile(rb"(/[^\s\0()<>\[\]{}/%]+)" + _SPACE + rb"++Do(?![^\s\0()<>\[\]{}/%])")


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


def draws_too_much(pdf: pikepdf.Pdf) -> bool:
    """Whether forms that draw other forms many times amplify the content of a page, as in a file of 3 KB that takes years to draw.

    Reads each form once. Patterns, soft masks, glyphs and other resources that a form inherits amplify too, so programs that draw need a
    limit of their CPU time as well.
    """
    drawing = _Drawing()
    try:
        most = max((drawing.bytes_of_page(page.obj) for page in pdf.pages), default=0)
    except RecursionError:
        return True
    return most > _MAX_DRAWN_BYTES + _MAX_AMPLIFICATION * sum(drawing.lengths.values())


class _Drawing:
    def __init__(self) -> None:
        # Length of each stream that was read, by its id.
        self.lengths: dict[tuple[int, int], int] = {}
        # Bytes that drawing a form reads, by its id.
        self._drawn: dict[tuple[int, int], int] = {}

    def bytes_of_page(self, page: Dictionary) -> int:
        contents = page.get(Name.Contents)
        parts = [part for part in (contents if isinstance(contents, Array) else [contents]) if isinstance(part, Stream)]
        return self._bytes_of(b"\n".join(map(self._read, parts)), _inherited_resources(page))

    def _bytes_of(self, data: bytes, resources: pikepdf.Object | None) -> int:
        forms = _entry(resources, "/XObject")
        drawn = len(data)
        for name, times in Counter(match[1] for match in _DRAWS_FORM.finditer(data)).items():
            form = _entry(forms, _decoded(name))
            if isinstance(form, Stream) and form.get("/Subtype") == "/Form":
                drawn += times * (_FORM_BYTES + self._bytes_of_form(form, resources))
        return drawn

    def _bytes_of_form(self, form: Stream, inherited: pikepdf.Object | None) -> int:
        if form.objgen not in self._drawn:
            # For a form within itself: some programs draw it until the depth limit, others once on each path.
            self._drawn[form.objgen] = _ENDLESS
            own = _entry(form, "/Resources")
            self._drawn[form.objgen] = self._bytes_of(self._read(form), inherited if own is None else own)
        return self._drawn[form.objgen]

    def _read(self, stream: Stream) -> bytes:
        try:
            data = stream.read_bytes()
        except pikepdf.PdfError:
            return b""
        self.lengths[stream.objgen] = len(data)
        return data


def _inherited_resources(page: Dictionary) -> pikepdf.Object | None:
    for _ in range(_MAX_PARENTS):
        own, parent = _entry(page, "/Resources"), _entry(page, "/Parent")
        if own is not None or parent is None:
            return own
        page = parent
    return None


def _entry(dictionary: pikepdf.Object | None, key: str) -> Dictionary | Stream | None:
    """Returns a dictionary or stream within a dictionary, if both exist."""
    value = dictionary.get(key) if isinstance(dictionary, (Dictionary, Stream)) else None
    return value if isinstance(value, (Dictionary, Stream)) else None


def _decoded(name: bytes) -> str:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), name).decode("latin-1")
