"""Finds fonts that a document uses and that are missing."""

import re
import zipfile
from itertools import islice
from pathlib import Path
from typing import Iterator

# Styles and portions that are read: each access to a document is a round trip to LibreOffice.
MAX_READ = 400
# Fonts that are reported.
MAX_REPORTED = 30
FONT_PROPERTY = "CharFontName"
# Text in these scripts has separate fonts, which every style names, even without such text.
ASIAN = "\u1100-\u11ff\u2e80-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
COMPLEX = "\u0590-\u109f\u1780-\u18af\u1950-\u1cff\ua8e0-\ua8ff\uaa60-\uaadf\ufb1d-\ufdff\ufe70-\ufefe"
OTHER_SCRIPTS = {"CharFontNameAsian": re.compile(f"[{ASIAN}]"), "CharFontNameComplex": re.compile(f"[{COMPLEX}]")}
# Passages in other scripts that are read.
MAX_PASSAGES = 100
# A larger part is not searched, and counts as naming the font.
MAX_PART_BYTES = 4 * 1024 * 1024
# Texts have many built-in styles; checking the use of each takes longer than converting a short text.
COMMON_STYLES = frozenset(
    ["Standard", "Text body", "Title", "Subtitle", "List", "Header", "Footer", "Footnote", "Caption"]
    + ["Quotations", "Preformatted Text", "Table Contents", "Table Heading"]
    + [f"Heading {level}" for level in range(1, 7)]
    + [f"Contents {level}" for level in range(1, 4)]
)
BUILT_IN_STYLES: dict[str, frozenset[str]] = {}
# LibreOffice's default fonts.
STANDARD_FONTS: set[str] = set()


def learn_built_in_styles(empty_text) -> None:
    """Reads the built-in styles from an empty text."""
    families = empty_text.getStyleFamilies()
    standard = families.getByName("ParagraphStyles").getByName("Standard")
    STANDARD_FONTS.update(standard.getPropertyValue(name) for name in (FONT_PROPERTY, *OTHER_SCRIPTS))
    for family in ("ParagraphStyles", "CharacterStyles"):
        BUILT_IN_STYLES[family] = frozenset(families.getByName(family).getElementNames())


def missing_fonts(office, document, source: Path) -> list[str]:
    """Returns the missing fonts, sorted, from the first few hundred styles and portions of the document."""
    available = available_families(office)
    missing: set[str] = set()
    for name in islice(used_names(document), MAX_READ):
        # A name may be a list, of which the first installed font is used.
        families = [family.strip() for family in name.split(";") if family.strip()]
        if families and not any(family.casefold() in available for family in families):
            missing.add(families[0])
    # LibreOffice's own defaults, which the document doesn't name.
    defaults = {name for name in missing & STANDARD_FONTS if not may_name(source, name)}
    return sorted(missing - defaults)[:MAX_REPORTED]


def may_name(source: Path, font: str) -> bool:
    """Whether the file itself may name the font."""
    if not zipfile.is_zipfile(source):
        return True
    try:
        with zipfile.ZipFile(source) as package:
            parts = [part for part in package.infolist() if part.filename.endswith(".xml")]
            return any(part.file_size > MAX_PART_BYTES or font.encode() in package.read(part) for part in parts)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return True


def available_families(office) -> set[str]:
    """Returns the families that are installed or embedded in the document."""
    toolkit = office.create("com.sun.star.awt.Toolkit")
    device = toolkit.createScreenCompatibleDevice(1, 1)
    return {descriptor.Name.casefold() for descriptor in device.getFontDescriptors()}


def used_names(document) -> Iterator[str]:
    """Yields the names of used fonts, with repetitions."""
    if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        yield from sheet_names(document)
    elif document.supportsService("com.sun.star.text.GenericTextDocument"):
        yield from text_names(document)
    else:
        yield from slide_names(document)


def text_names(document) -> Iterator[str]:
    """Yields fonts of used styles and of direct formatting."""
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
    """Yields fonts of cell formats."""
    for sheet in every(document.getSheets()):
        for cells in every(sheet.getUniqueCellFormatRanges()):
            yield cells.getPropertyValue(FONT_PROPERTY)
        yield from passage_names(sheet)


def passage_names(searchable) -> Iterator[str]:
    """Yields fonts of text portions in other scripts."""
    search = searchable.createSearchDescriptor()
    search.SearchRegularExpression = True
    search.SearchString = f"[{ASIAN}{COMPLEX}]+"
    passage = searchable.findFirst(search)
    for _ in range(MAX_PASSAGES):
        if passage is None:
            return
        yield from names_for(passage.getString(), passage)
        passage = searchable.findNext(passage, search)


def names_for(text: str, formatted) -> Iterator[str]:
    """Yields fonts for the scripts of the text, besides the western one."""
    for name, characters in OTHER_SCRIPTS.items():
        if characters.search(text):
            yield formatted.getPropertyValue(name) or ""


def slide_names(document) -> Iterator[str]:
    """Yields fonts of all text portions in shapes."""
    for page in every(document.getDrawPages()):
        for shape in every(page):
            if not hasattr(shape, "createEnumeration") or not shape.getString():
                continue
            for paragraph in every(shape):
                for portion in every(paragraph):
                    yield portion.getPropertyValue(FONT_PROPERTY)
                    yield from names_for(portion.getString(), portion)


def every(collection) -> Iterator:
    """Yields the members of a UNO collection with any access interface."""
    if hasattr(collection, "getByIndex"):
        for position in range(collection.getCount()):
            yield collection.getByIndex(position)
        return
    enumeration = collection.createEnumeration()
    while enumeration.hasMoreElements():
        yield enumeration.nextElement()
