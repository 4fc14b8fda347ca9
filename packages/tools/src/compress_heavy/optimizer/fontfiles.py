"""Subsets font programs to the used glyphs. Input and output are the bytes of font files in PDF."""
import io
import logging
from collections import Counter
from collections.abc import Iterable, Mapping

from fontTools import subset
from fontTools.agl import UV2AGL
from fontTools.cffLib import TopDict
from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

from type1 import parse_type1

logging.getLogger("fontTools").setLevel(logging.CRITICAL)

# The only tables that PDF readers use.
_TABLES = {"glyf", "loca", "head", "hhea", "hmtx", "maxp", "cmap", "post", "cvt ", "fpgm", "prep", "vhea", "vmtx"}
_ROUNDING = 2
_NOTDEF = ".notdef"
# First codes of symbol tables.
_CODE_BASES = (0, 0xF000, 0xF100, 0xF200)
# Comparing more outlines takes longer than writing them.
_MAX_COMPARED = 60
# Prefixes of fonts whose hints assemble glyphs: without hints, the glyphs break.
_HINTS_NEEDED = ("DFKai", "DFGothic", "DFGirl", "DFMincho", "DLC", "HuaTian", "MingLi", "PMingLi", "Kai", "cpop", "NEC", "STKai")


class Unusable(Exception):
    """The font has an unsupported feature and stays unchanged."""


def type1_to_cff(data: bytes, names: set[str]) -> bytes:
    """Converts a Type 1 program to CFF, without hints."""
    program = parse_type1(data)
    glyphs = program.glyphs
    kept = [_NOTDEF, *sorted((names & glyphs.keys()) - {_NOTDEF})]
    if _NOTDEF not in glyphs:
        raise Unusable("no .notdef")
    pens = {name: T2CharStringPen(None, glyphs) for name in kept}
    for name, pen in pens.items():
        glyphs[name].draw(pen)
    default_width = Counter(round(glyphs[name].width) for name in kept).most_common(1)[0][0]
    for name, pen in pens.items():
        width = round(glyphs[name].width)
        pen._width = None if width == default_width else width
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(kept)
    outlines = {name: pen.getCharString() for name, pen in pens.items()}
    info = {} if program.has_standard_matrix else {"FontMatrix": list(program.matrix)}
    builder.setupCFF("F", info, outlines, {"defaultWidthX": default_width, "nominalWidthX": 0})
    compiled = builder.font["CFF "].compile(builder.font)
    _compare(glyphs, _cff(compiled)["CFF "].cff[0].CharStrings, kept)
    return compiled


def built_in_encoding(data: bytes, is_cff: bool) -> dict[int, str]:
    """Returns the names that the program assigns to codes."""
    if not is_cff:
        return parse_type1(data).encoding
    font = _cff(data)
    offset = font["CFF "].cff[0].rawDict.get("Encoding", 0)
    if offset == 0:
        return {code: name for code, name in enumerate(StandardEncoding) if name != _NOTDEF}
    if offset == 1:
        raise Unusable("expert encoding")
    return dict(zip(_codes_at(data, offset), font.getGlyphOrder()[1:], strict=False))


def _codes_at(data: bytes, offset: int) -> list[int]:
    """Returns the codes of a table in the order of its glyphs. The library's reader skips code 0."""
    kind, count = data[offset], data[offset + 1]
    body = data[offset + 2 :]
    if kind == 0:
        return list(body[:count])
    if kind == 1:
        ranges = zip(body[: 2 * count : 2], body[1 : 2 * count : 2], strict=True)
        return [code for first, left in ranges for code in range(first, first + left + 1)]
    raise Unusable("the encoding has supplements")


def subset_cff(data: bytes, names: set[str] | None, cids: set[int] | None, keeps_hints: bool) -> bytes:
    """Subsets a CFF program by glyph names, or by CIDs."""
    font = _cff(data)
    top = font["CFF "].cff[0]
    is_keyed = hasattr(top, "ROS")
    if is_keyed != (cids is not None):
        raise Unusable("glyphs have other keys")
    order = font.getGlyphOrder()
    wanted = {f"cid{cid:05d}" for cid in cids} if cids is not None else names or set()
    kept = [name for name in order if name in wanted or name == order[0]]
    if len(kept) == len(order) and keeps_hints:
        raise Unusable("all glyphs are used")
    _drop_notices(top)
    _use_one_matrix(top)
    options = _options(keeps_hints)
    subsetter = subset.Subsetter(options)
    subsetter.populate(glyphs=kept)
    subsetter.subset(font)
    compiled = font["CFF "].compile(font)
    _compare(_cff(data)["CFF "].cff[0].CharStrings, _cff(compiled)["CFF "].cff[0].CharStrings, kept)
    return compiled


def _drop_notices(top: TopDict) -> None:
    for key in ("version", "Notice", "Copyright", "FullName", "FamilyName", "Weight"):
        top.rawDict.pop(key, None)


def _use_one_matrix(top: TopDict) -> None:
    """Keeps one matrix: the writer omits the default one, which is wrong if a second one multiplies with it."""
    for inner in getattr(top, "FDArray", ()):
        if "FontMatrix" not in inner.rawDict:
            continue
        if "FontMatrix" in top.rawDict and list(inner.FontMatrix) != [1, 0, 0, 1, 0, 0]:
            raise Unusable("two matrices")
        if "FontMatrix" in top.rawDict:
            inner.rawDict.pop("FontMatrix")
            inner.__dict__.pop("FontMatrix", None)


def subset_truetype(data: bytes, selection: set[int] | Mapping[int, str | None] | None, keeps_hints: bool) -> bytes:
    """Subsets a TrueType program by glyph ids, which stay the same, or by codes with their names. None keeps all glyphs."""
    font = TTFont(io.BytesIO(data), lazy=True)
    order = font.getGlyphOrder()
    numbers = _selectable_glyphs(font, selection) if isinstance(selection, Mapping) else selection
    numbers = {number for number in numbers if number < len(order)} if numbers is not None else set(range(len(order)))
    by_glyph_id = isinstance(selection, set)
    options = _options(keeps_hints or _needs_hints(font))
    options.retain_gids = True
    options.glyph_names = not by_glyph_id
    unused = {"cmap", "post"} if by_glyph_id else set()
    for tag in font.keys():
        if tag != "GlyphOrder" and tag not in _TABLES - unused:
            del font[tag]
    if "cmap" in font:
        font["cmap"].tables = [_to_writable_table(table) for table in font["cmap"].tables]
    subsetter = subset.Subsetter(options)
    subsetter.populate(glyphs={order[number] for number in numbers | {0}})
    subsetter.subset(font)
    target = io.BytesIO()
    font.save(target, reorderTables=False)
    _compare_truetype(data, target.getvalue(), numbers, selection if isinstance(selection, Mapping) else {})
    return target.getvalue()


def _compare_truetype(before: bytes, after: bytes, numbers: set[int], codes: Iterable[int]) -> None:
    """Checks that glyphs look the same, and that codes map to the same glyphs."""
    old, new = TTFont(io.BytesIO(before), lazy=True), TTFont(io.BytesIO(after), lazy=True)
    pairs = [(old.getGlyphName(number), new.getGlyphName(number)) for number in numbers]
    _compare_pairs(old.getGlyphSet(), new.getGlyphSet(), pairs)
    if codes and _glyph_ids_by_code(old, codes) != _glyph_ids_by_code(new, codes):
        raise Unusable("codes map to other glyphs")


def _glyph_ids_by_code(font: TTFont, codes: Iterable[int]) -> dict[tuple[int, ...], int]:
    """Returns the glyph id of each code in each table."""
    points = {base + code for code in codes for base in _CODE_BASES}
    return {
        (table.platformID, table.platEncID, point): font.getGlyphID(table.cmap[point])
        for table in (font["cmap"].tables if "cmap" in font else ())
        for point in points
        if table.cmap.get(point, _NOTDEF) != _NOTDEF
    }


def _to_writable_table(table: CmapSubtable) -> CmapSubtable:
    """Changes the format of a table that the library would drop."""
    if table.format != 0:
        return table
    other = CmapSubtable.newSubtable(6)
    other.platformID, other.platEncID, other.language = table.platformID, table.platEncID, table.language
    other.cmap = {code: name for code, name in table.cmap.items() if name != _NOTDEF}
    return other


def _selectable_glyphs(font: TTFont, codes: Mapping[int, str | None]) -> set[int]:
    """Returns every glyph that a reader may select for these codes."""
    unicodes = {name: point for point, name in UV2AGL.items()}
    found: set[str] = set()
    for table in font["cmap"].tables if "cmap" in font else ():
        for code, name in codes.items():
            points = {*(base + code for base in _CODE_BASES), unicodes.get(name or "", code)}
            found.update(table.cmap[point] for point in points if point in table.cmap)
    found.update(name for name in codes.values() if name)
    numbers = font.getReverseGlyphMap()
    # Without a matching table, codes are glyph ids.
    return {numbers[name] for name in found if name in numbers} | (set(codes) if "cmap" not in font else set())


def _options(keeps_hints: bool) -> subset.Options:
    options = subset.Options()
    options.hinting = keeps_hints
    options.desubroutinize = True
    options.notdef_outline = True
    options.legacy_cmap = options.symbol_cmap = True
    options.layout_features = []
    options.recalc_bounds = options.recalc_timestamp = False
    options.drop_tables = []
    return options


def _needs_hints(font: TTFont) -> bool:
    name = font["name"].getDebugName(1) if "name" in font else None
    # A font without a name may be a subset of one of these.
    return name is None or name.startswith(_HINTS_NEEDED)


def _cff(data: bytes) -> TTFont:
    font = TTFont(sfntVersion="OTTO")
    font["CFF "] = newTable("CFF ")
    font["CFF "].decompile(data, font)
    # Omitted if it is the default.
    font["CFF "].cff[0].rawDict.setdefault("charset", 0)
    return font


def _compare(before: Mapping, after: Mapping, names: Iterable[str]) -> None:
    _compare_pairs(before, after, [(name, name) for name in names])


def _compare_pairs(before: Mapping, after: Mapping, pairs: Iterable[tuple[str, str]]) -> None:
    """Checks that glyphs have the same position and size. Of many glyphs it checks a spread sample."""
    listed = list(pairs)
    for first, second in listed[:: max(1, len(listed) // _MAX_COMPARED)]:
        one, other = _bounds(before, first), _bounds(after, second)
        if (one is None) != (other is None):
            raise Unusable(f"{first} was lost")
        if one and other and any(abs(a - b) > _ROUNDING for a, b in zip(one, other, strict=True)):
            raise Unusable(f"{first} was changed")


def _bounds(glyphs: Mapping, name: str) -> tuple[float, ...] | None:
    pen = ControlBoundsPen(glyphs)
    glyphs[name].draw(pen)
    return pen.bounds
