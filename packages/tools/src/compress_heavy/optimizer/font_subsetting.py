"""The slow part of subsetting fonts. It runs in other processes, so it receives font data and no PDF objects."""
from collections.abc import Iterator
from dataclasses import dataclass

from flate import compress


@dataclass(frozen=True)
class SimpleFont:
    """A font with single-byte codes: the used codes, and their names in the document."""

    codes: set[int]
    base: str | None
    differences: dict[int, str]


@dataclass(frozen=True)
class CompositeFont:
    """A font with two-byte codes: the used codes with their glyph ids."""

    codes: set[int]
    glyphs: set[int]


@dataclass(frozen=True)
class FontJob:
    """A font program with its key and subtype in the document, and the fonts that use it."""

    key: str
    subtype: str
    data: bytes
    fonts: list[SimpleFont] | list[CompositeFont]
    # Every glyph may be used.
    is_whole: bool
    keeps_hints: bool


@dataclass(frozen=True)
class FontResult:
    """The new program, and for each font the encoding that the program no longer has."""

    key: str
    packed: bytes
    length: int
    encodings: list[dict[int, str] | None]


def shrink_font(job: FontJob) -> FontResult | None:
    """Returns None if the font has to stay unchanged, for example because it is damaged."""
    try:
        key, data, encodings = _shrink(job)
    except Exception:  # noqa: BLE001 - a damaged font can break the library in any way
        return None
    return FontResult(key, compress(data), len(data), encodings)


def _shrink(job: FontJob) -> tuple[str, bytes, list[dict[int, str] | None]]:
    import fontfiles

    no_encodings: list[dict[int, str] | None] = [None] * len(job.fonts)
    if job.key == "/FontFile2":
        return job.key, fontfiles.subset_truetype(job.data, _selection(job), job.keeps_hints), no_encodings
    if job.is_whole:
        raise fontfiles.Unusable("any glyph may be used")
    if isinstance(job.fonts[0], CompositeFont):
        if job.subtype != "/CIDFontType0C":
            raise fontfiles.Unusable(job.subtype)
        cids = set().union(*(font.codes for font in job.fonts))
        return job.key, fontfiles.subset_cff(job.data, None, cids, job.keeps_hints), no_encodings
    if job.key == "/FontFile3" and job.subtype != "/Type1C":
        raise fontfiles.Unusable(job.subtype)
    built_in = fontfiles.built_in_encoding(job.data, is_cff=job.key == "/FontFile3")
    encodings = [_names(font, built_in) for font in job.fonts]
    names = {name for encoding in encodings for name in encoding.values()}
    if job.key == "/FontFile3":
        data = fontfiles.subset_cff(job.data, names, None, job.keeps_hints)
    elif job.keeps_hints:
        raise fontfiles.Unusable("its hints have another format")
    else:
        data = fontfiles.type1_to_cff(job.data, names)
    needed = [encoding if font.base is None else None for font, encoding in zip(job.fonts, encodings, strict=True)]
    return "/FontFile3", data, needed


def _selection(job: FontJob):
    """Returns the used part of a TrueType program: all, glyph ids, or codes with their names."""
    if job.is_whole:
        return None
    if isinstance(job.fonts[0], CompositeFont):
        return set().union(*(font.glyphs for font in job.fonts))
    return {code: name for font in job.fonts for code, name in {**dict.fromkeys(font.codes), **_names(font, {})}.items()}


def _names(font: SimpleFont, built_in: dict[int, str]) -> dict[int, str]:
    names = {**built_in, **dict(_base_encoding(font.base)), **font.differences}
    return {code: names[code] for code in font.codes if code in names}


def _base_encoding(name: str | None) -> Iterator[tuple[int, str]]:
    from fontTools.agl import UV2AGL
    from fontTools.encodings import MacRoman, StandardEncoding

    if name == "/WinAnsiEncoding":
        for code in range(32, 256):
            point = ord(bytes([code]).decode("cp1252", "replace"))
            yield code, {0xFFFD: "bullet", 0xA0: "space", 0xAD: "hyphen"}.get(point) or UV2AGL.get(point, ".notdef")
    elif name == "/MacRomanEncoding":
        yield from enumerate(MacRoman.MacRoman)
    elif name == "/StandardEncoding":
        yield from enumerate(StandardEncoding.StandardEncoding)
    elif name is not None:
        raise ValueError(name)
