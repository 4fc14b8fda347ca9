"""Subsets the fonts of a document, and converts Type 1 to CFF."""
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from font_subsetting import CompositeFont, FontJob, FontResult, SimpleFont, shrink_font
from walk import Id, Usage, subdictionary

_KEYS = ("/FontFile", "/FontFile2", "/FontFile3")
# A new font file replaces the old one if it has at most this share of its size.
_MAX_SIZE_RATIO = 0.95
_MAX_BYTES = 20 * 1024 * 1024
# Below this size of all fonts, one process is faster than several.
_MIN_BYTES_FOR_PROCESSES = 200_000
_IDENTITY = (Name("/Identity-H"), Name("/Identity-V"))


@dataclass
class _Program:
    """A font file with all fonts of the document that use it."""

    file: Stream
    key: str
    fonts: list[Dictionary] = field(default_factory=list)
    descriptors: list[Dictionary] = field(default_factory=list)


def shrink_fonts(pdf: pikepdf.Pdf, usage: Usage, keeps_hints: bool, pool: Executor) -> Callable[[], None]:
    """Starts to subset. Call the returned function to replace the fonts."""
    if usage.is_partial or (0, 0) in usage.texts:
        # Some fonts may show more glyphs than known.
        return lambda: None
    kept_whole = _fonts_of_forms(pdf)
    programs: list[_Program] = []
    jobs: list[FontJob] = []
    for program in _programs(pdf).values():
        is_whole = any(font.objgen in kept_whole for font in program.fonts)
        try:
            job = _job(program, usage, is_whole, keeps_hints)
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            continue
        if job is not None and len(job.data) <= _MAX_BYTES:
            programs.append(program)
            jobs.append(job)
    # Each process first has to load the font library.
    chunk = len(jobs) if sum(len(job.data) for job in jobs) < _MIN_BYTES_FOR_PROCESSES else 4
    results = pool.map(shrink_font, jobs, chunksize=chunk) if jobs else iter(())

    def finish() -> None:
        for program, result in zip(programs, results, strict=True):
            if result is not None and len(result.packed) < len(program.file.read_raw_bytes()) * _MAX_SIZE_RATIO:
                _replace(pdf, program, result)

    return finish


def _programs(pdf: pikepdf.Pdf) -> dict[Id, _Program]:
    found: dict[Id, _Program] = {}
    for font in pdf.objects:
        if not isinstance(font, Dictionary) or font.get("/Type") != "/Font" or "/CIDSystemInfo" in font:
            continue
        descendants = font.get("/DescendantFonts")
        descriptor = subdictionary(descendants[0] if isinstance(descendants, Array) else font, "/FontDescriptor")
        for key in _KEYS:
            file = subdictionary(descriptor, key)
            if isinstance(file, Stream):
                program = found.setdefault(file.objgen, _Program(file, key))
                program.fonts.append(font)
                program.descriptors.append(descriptor)
    return found


def _fonts_of_forms(pdf: pikepdf.Pdf) -> set[Id]:
    """Returns fonts of form fields, which may show any text."""
    fonts = subdictionary(subdictionary(subdictionary(pdf.Root, "/AcroForm"), "/DR"), "/Font")
    return {font.objgen for _, font in fonts.items()} if fonts is not None else set()


def _job(program: _Program, usage: Usage, is_whole: bool, keeps_hints: bool) -> FontJob | None:
    composite = ["/DescendantFonts" in font for font in program.fonts]
    if any(composite) and not all(composite):
        return None
    if all(composite) and any(font.get("/Encoding") not in _IDENTITY for font in program.fonts):
        return None
    describe = _composite if all(composite) else _simple
    fonts = [describe(font, usage) for font in program.fonts]
    subtype = str(program.file.get("/Subtype", ""))
    return FontJob(program.key, subtype, program.file.read_bytes(), fonts, is_whole, keeps_hints)


def _composite(font: Dictionary, usage: Usage) -> CompositeFont:
    codes: set[int] = set()
    for text in usage.texts.get(font.objgen, ()):
        codes.update((high << 8) | low for high, low in zip(text[::2], text[1::2], strict=False))
    mapping = font.DescendantFonts[0].get("/CIDToGIDMap")
    if not isinstance(mapping, Stream):
        return CompositeFont(codes, codes)
    table = mapping.read_bytes()
    return CompositeFont(codes, {int.from_bytes(table[2 * code : 2 * code + 2]) for code in codes})


def _simple(font: Dictionary, usage: Usage) -> SimpleFont:
    encoding = font.get("/Encoding")
    is_dictionary = isinstance(encoding, Dictionary)
    base = encoding.get("/BaseEncoding") if is_dictionary else encoding
    used = {code for text in usage.texts.get(font.objgen, ()) for code in text}
    return SimpleFont(used, None if base is None else str(base), dict(_differences(encoding)) if is_dictionary else {})


def _differences(encoding: Dictionary) -> Iterator[tuple[int, str]]:
    code = 0
    for entry in encoding.get("/Differences", Array()):
        if isinstance(entry, Name):
            yield code, str(entry)[1:]
            code += 1
        else:
            code = int(entry)


def _replace(pdf: pikepdf.Pdf, program: _Program, result: FontResult) -> None:
    file = pdf.make_stream(result.packed)
    file.Filter = Name.FlateDecode
    if result.key == "/FontFile2":
        file.Length1 = result.length
    elif result.key == "/FontFile3":
        file.Subtype = program.file.get("/Subtype", Name.Type1C)
    for descriptor in program.descriptors:
        if program.key in descriptor:
            del descriptor[program.key]
        descriptor[result.key] = file
        for stale in ("/CharSet", "/CIDSet"):
            if stale in descriptor:
                del descriptor[stale]
    for font, names in zip(program.fonts, result.encodings, strict=True):
        if names is not None:
            _write_encoding(font, names)


def _write_encoding(font: Dictionary, names: dict[int, str]) -> None:
    """Writes the meaning of codes that only the program had."""
    differences = Array()
    for code, name in sorted(names.items()):
        differences.extend([code, Name("/" + name)])
    font.Encoding = Dictionary(Type=Name.Encoding, Differences=differences)
