"""Makes the fonts of a document smaller."""
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf
from fontTools.encodings import MacRoman, StandardEncoding
from pikepdf import Array, Dictionary, Name, Stream

import fontfiles
from flate import compress
from walk import Id, Usage, entries

_KEYS = ("/FontFile", "/FontFile2", "/FontFile3")
_WORTH = 0.95
_MAX_BYTES = 20 * 1024 * 1024
# What can go wrong in one font: it then stays as it is.
_UNREADABLE = (Exception,)
_WIN_ANSI = "cp1252"


@dataclass
class _Program:
    """A font file, and all the fonts of the document that use it."""

    file: Stream
    key: str
    fonts: list[Dictionary] = field(default_factory=list)
    descriptors: list[Dictionary] = field(default_factory=list)


def shrink_fonts(pdf: pikepdf.Pdf, usage: Usage, keeps_hints: bool) -> None:
    """Leaves out glyphs that no page shows, and writes Type 1 in the compact format."""
    if usage.is_partial or (0, 0) in usage.texts:
        return
    kept_whole = _fonts_of_forms(pdf)
    for program in _programs(pdf).values():
        is_whole = any(font.objgen in kept_whole for font in program.fonts)
        data = program.file.read_bytes()
        if len(data) > _MAX_BYTES:
            continue
        try:
            if is_whole:
                written, key = _shrink_whole(program, data, keeps_hints), program.key
            else:
                written, key = _shrink(program, data, usage, keeps_hints)
        except _UNREADABLE:
            continue
        packed = compress(written)
        if len(packed) < len(program.file.read_raw_bytes()) * _WORTH:
            _replace(pdf, program, packed, len(written), key)


def _programs(pdf: pikepdf.Pdf) -> dict[Id, _Program]:
    found: dict[Id, _Program] = {}
    for font in pdf.objects:
        if not isinstance(font, Dictionary) or font.get("/Type") != "/Font" or "/CIDSystemInfo" in font:
            continue
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        descriptor = entries(inner, "/FontDescriptor")
        for key in _KEYS:
            file = entries(descriptor, key)
            if isinstance(file, Stream):
                program = found.setdefault(file.objgen, _Program(file, key))
                program.fonts.append(font)
                program.descriptors.append(descriptor)
    return found


def _fonts_of_forms(pdf: pikepdf.Pdf) -> set[Id]:
    """Fonts that a person may write anything in."""
    fonts = entries(entries(entries(pdf.Root, "/AcroForm"), "/DR"), "/Font")
    return {font.objgen for _, font in fonts.items()} if fonts is not None else set()


def _shrink(program: _Program, data: bytes, usage: Usage, keeps_hints: bool) -> tuple[bytes, str]:
    subtype = str(program.file.get("/Subtype"))
    if all("/DescendantFonts" in font for font in program.fonts):
        return _shrink_composite(program, data, usage, keeps_hints, subtype), program.key
    if any("/DescendantFonts" in font for font in program.fonts):
        raise fontfiles.Unusable("used in two ways")
    if program.key == "/FontFile2":
        codes = {code: name for font in program.fonts for code, name in _codes(font, usage, {}).items()}
        return fontfiles.subset_truetype(data, None, codes, keeps_hints), program.key
    if program.key == "/FontFile3" and subtype != "/Type1C":
        raise fontfiles.Unusable(subtype)
    built_in = fontfiles.built_in_encoding(data, is_cff=program.key == "/FontFile3")
    names = {name for font in program.fonts for name in _codes(font, usage, built_in).values() if name}
    if program.key == "/FontFile":
        if keeps_hints:
            raise fontfiles.Unusable("its hints are written in another way")
        written = fontfiles.type1_to_cff(data, names)
    else:
        written = fontfiles.subset_cff(data, names, None, keeps_hints)
    for font in program.fonts:
        _spell_out(font, _codes(font, usage, built_in))
    return written, "/FontFile3"


def _shrink_whole(program: _Program, data: bytes, keeps_hints: bool) -> bytes:
    if program.key != "/FontFile2":
        raise fontfiles.Unusable("all of it may be used")
    return fontfiles.subset_truetype(data, None, None, keeps_hints)


def _shrink_composite(program: _Program, data: bytes, usage: Usage, keeps_hints: bool, subtype: str) -> bytes:
    codes: set[int] = set()
    for font in program.fonts:
        if font.get("/Encoding") not in (Name("/Identity-H"), Name("/Identity-V")):
            raise fontfiles.Unusable("codes are mapped")
        for text in usage.texts.get(font.objgen, ()):
            codes.update((high << 8) | low for high, low in zip(text[::2], text[1::2]))
    if program.key == "/FontFile3" and subtype == "/CIDFontType0C":
        return fontfiles.subset_cff(data, None, codes, keeps_hints)
    if program.key != "/FontFile2":
        raise fontfiles.Unusable(subtype)
    glyphs = {glyph for font in program.fonts for glyph in _glyphs(font.DescendantFonts[0], codes)}
    return fontfiles.subset_truetype(data, glyphs, None, keeps_hints)


def _glyphs(font: Dictionary, cids: set[int]) -> Iterator[int]:
    mapping = font.get("/CIDToGIDMap", Name.Identity)
    if not isinstance(mapping, Stream):
        yield from cids
        return
    table = mapping.read_bytes()
    yield from (int.from_bytes(table[2 * cid : 2 * cid + 2]) for cid in cids if 2 * cid + 2 <= len(table))


def _codes(font: Dictionary, usage: Usage, built_in: dict[int, str]) -> dict[int, str | None]:
    """The codes that are shown in a font of one byte each, with the names that they have."""
    names = {**built_in, **_encoding(font.get("/Encoding"))}
    used = {code for text in usage.texts.get(font.objgen, ()) for code in text}
    return {code: names.get(code) for code in used}


def _encoding(encoding: pikepdf.Object | None) -> dict[int, str]:
    base = encoding.get("/BaseEncoding") if isinstance(encoding, Dictionary) else encoding
    names = dict(_base_encoding(str(base)))
    code = 0
    differences = encoding.get("/Differences", Array()) if isinstance(encoding, Dictionary) else ()
    for entry in differences:
        if isinstance(entry, Name):
            names[code] = str(entry)[1:]
            code += 1
        else:
            code = int(entry)
    return names


def _base_encoding(name: str) -> Iterator[tuple[int, str]]:
    from fontTools.agl import UV2AGL

    if name == "/WinAnsiEncoding":
        for code in range(32, 256):
            point = ord(bytes([code]).decode(_WIN_ANSI, "replace"))
            yield code, {0xFFFD: "bullet", 0xA0: "space", 0xAD: "hyphen"}.get(point, UV2AGL.get(point, ".notdef"))
    elif name == "/MacRomanEncoding":
        yield from enumerate(MacRoman.MacRoman)
    elif name == "/StandardEncoding":
        yield from enumerate(StandardEncoding.StandardEncoding)
    elif name == "/MacExpertEncoding":
        raise fontfiles.Unusable(name)


def _spell_out(font: Dictionary, codes: dict[int, str | None]) -> None:
    """Says what codes mean where the program said it, as that is written anew without."""
    if font.get("/Encoding") is not None and not isinstance(font.Encoding, Dictionary):
        return
    if isinstance(font.get("/Encoding"), Dictionary) and "/BaseEncoding" in font.Encoding:
        return
    differences = Array()
    for code, name in sorted(codes.items()):
        if name:
            differences.extend([code, Name("/" + name)])
    font.Encoding = Dictionary(Type=Name.Encoding, Differences=differences)


def _replace(pdf: pikepdf.Pdf, program: _Program, packed: bytes, length: int, key: str) -> None:
    file = pdf.make_stream(packed)
    file.Filter = Name.FlateDecode
    if key == "/FontFile2":
        file.Length1 = length
    elif key == "/FontFile3":
        file.Subtype = program.file.get("/Subtype", Name.Type1C)
    for descriptor in program.descriptors:
        if program.key in descriptor:
            del descriptor[program.key]
        descriptor[key] = file
        for stale in ("/CharSet", "/CIDSet"):
            if stale in descriptor:
                del descriptor[stale]
