"""The fonts that a document asks for and that are not there."""

import re
import zipfile
from itertools import islice
from pathlib import Path
from typing import Iterator

# Each look at a piece of a document is a message to LibreOffice and back.
MOST_PIECES = 400
MOST_NAMES = 30
FONT_PROPERTY = "CharFontName"
# Text of these is set in fonts of its own, which every style names, whether or not there is any such text.
ASIAN = "\u1100-\u11ff\u2e80-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
COMPLEX = "\u0590-\u109f\u1780-\u18af\u1950-\u1cff\ua8e0-\ua8ff\uaa60-\uaadf\ufb1d-\ufdff\ufe70-\ufefe"
OTHER_SCRIPTS = {"CharFontNameAsian": re.compile(f"[{ASIAN}]"), "CharFontNameComplex": re.compile(f"[{COMPLEX}]")}
MOST_PASSAGES = 100
# A larger part is no list of fonts, and is not read for the sake of one name.
MOST_PART_BYTES = 4 * 1024 * 1024
# The built-in styles of texts are many, and to ask each whether it is in use takes longer than a short text's conversion.
COMMON_STYLES = frozenset(
    ["Standard", "Text body", "Title", "Subtitle", "List", "Header", "Footer", "Footnote", "Caption"]
    + ["Quotations", "Preformatted Text", "Table Contents", "Table Heading"]
    + [f"Heading {level}" for level in range(1, 7)]
    + [f"Contents {level}" for level in range(1, 4)]
)
BUILT_IN_STYLES: dict[str, frozenset[str]] = {}
# What LibreOffice takes where a document says nothing of fonts.
STANDARD_FONTS: set[str] = set()


def learn_built_in_styles(empty_text) -> None:
    """From a text that has no others."""
    families = empty_text.getStyleFamilies()
    standard = families.getByName("ParagraphStyles").getByName("Standard")
    STANDARD_FONTS.update(standard.getPropertyValue(name) for name in (FONT_PROPERTY, *OTHER_SCRIPTS))
    for family in ("ParagraphStyles", "CharacterStyles"):
        BUILT_IN_STYLES[family] = frozenset(families.getByName(family).getElementNames())


def missing_fonts(office, document, source: Path) -> list[str]:
    """Sorted; looked for in the first few hundred styles and pieces of the document."""
    available = available_families(office)
    asked: set[str] = set()
    for name in islice(asked_names(document), MOST_PIECES):
        # A name may be a list, of which the first that is there counts.
        families = [family.strip() for family in name.split(";") if family.strip()]
        if families and not any(family.casefold() in available for family in families):
            asked.add(families[0])
    unasked = {name for name in asked & STANDARD_FONTS if not may_name(source, name)}
    return sorted(asked - unasked)[:MOST_NAMES]


def may_name(source: Path, font: str) -> bool:
    """Whether the file names a font itself; also where that can't be told."""
    if not zipfile.is_zipfile(source):
        return True
    try:
        with zipfile.ZipFile(source) as package:
            parts = [part for part in package.infolist() if part.filename.endswith(".xml")]
            return any(part.file_size > MOST_PART_BYTES or font.encode() in package.read(part) for part in parts)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return True


def available_families(office) -> set[str]:
    """Those installed and those that the open document brings."""
    toolkit = office.create("com.sun.star.awt.Toolkit")
    device = toolkit.createScreenCompatibleDevice(1, 1)
    return {descriptor.Name.casefold() for descriptor in device.getFontDescriptors()}


def asked_names(document) -> Iterator[str]:
    """Names of fonts in use; one may come often."""
    if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        yield from sheet_names(document)
    elif document.supportsService("com.sun.star.text.GenericTextDocument"):
        yield from text_names(document)
    else:
        yield from slide_names(document)


def text_names(document) -> Iterator[str]:
    """Styles that are in use, and what was set by hand."""
    for family, common in (("ParagraphStyles", COMMON_STYLES), ("CharacterStyles", frozenset())):
        styles = document.getStyleFamilies().getByName(family)
        built_in = BUILT_IN_STYLES.get(family, frozenset()) - common
        for name in styles.getElementNames():
            style = None if name in built_in else styles.getByName(name)
            if style and style.isInUse():
                yield style.getPropertyValue(FONT_PROPERTY)
        for style in every(document.getAutoStyles().getByName(family)):
            yield style.getPropertyValue(FONT_PROPERTY) or ""
    yield from passage_names(document)


def sheet_names(document) -> Iterator[str]:
    """The formats that cells have."""
    for sheet in every(document.getSheets()):
        for cells in every(sheet.getUniqueCellFormatRanges()):
            yield cells.getPropertyValue(FONT_PROPERTY)
        yield from passage_names(sheet)


def passage_names(searchable) -> Iterator[str]:
    """Of the passages in other scripts."""
    search = searchable.createSearchDescriptor()
    search.SearchRegularExpression = True
    search.SearchString = f"[{ASIAN}{COMPLEX}]+"
    passage = searchable.findFirst(search)
    for _ in range(MOST_PASSAGES):
        if passage is None:
            return
        yield from names_for(passage.getString(), passage)
        passage = searchable.findNext(passage, search)


def names_for(text: str, formatted) -> Iterator[str]:
    """Of the scripts that the text has, besides the western one."""
    for name, characters in OTHER_SCRIPTS.items():
        if characters.search(text):
            yield formatted.getPropertyValue(name) or ""


def slide_names(document) -> Iterator[str]:
    """The pieces of text of every shape."""
    for page in every(document.getDrawPages()):
        for shape in every(page):
            if not hasattr(shape, "createEnumeration") or not shape.getString():
                continue
            for paragraph in every(shape):
                for portion in every(paragraph):
                    yield portion.getPropertyValue(FONT_PROPERTY)
                    yield from names_for(portion.getString(), portion)


def every(collection) -> Iterator:
    """The members of a UNO collection, whichever way it has to give them."""
    if hasattr(collection, "getByIndex"):
        for position in range(collection.getCount()):
            yield collection.getByIndex(position)
        return
    enumeration = collection.createEnumeration()
    while enumeration.hasMoreElements():
        yield enumeration.nextElement()
