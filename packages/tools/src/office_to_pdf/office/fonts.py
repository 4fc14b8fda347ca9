"""The fonts that a document asks for and that are not there."""

from itertools import islice
from typing import Iterator

# Each look at a piece of a document is a message to LibreOffice and back.
MOST_PIECES = 400
MOST_NAMES = 30
FONT_PROPERTY = "CharFontName"
# The built-in styles of texts are many, and to ask each whether it is in use takes longer than a short text's conversion.
COMMON_STYLES = frozenset(
    ["Standard", "Text body", "Title", "Subtitle", "List", "Header", "Footer", "Footnote", "Caption"]
    + ["Quotations", "Preformatted Text", "Table Contents", "Table Heading"]
    + [f"Heading {level}" for level in range(1, 7)]
    + [f"Contents {level}" for level in range(1, 4)]
)
BUILT_IN_STYLES: dict[str, frozenset[str]] = {}


def learn_built_in_styles(empty_text) -> None:
    """From a text that has no others."""
    families = empty_text.getStyleFamilies()
    for family in ("ParagraphStyles", "CharacterStyles"):
        BUILT_IN_STYLES[family] = frozenset(families.getByName(family).getElementNames())


def missing_fonts(office, document) -> list[str]:
    """Sorted; looked for in the first few hundred styles and pieces of the document."""
    available = available_families(office)
    asked: set[str] = set()
    for name in islice(asked_names(document), MOST_PIECES):
        # A name may be a list, of which the first that is there counts.
        families = [family.strip() for family in name.split(";") if family.strip()]
        if families and not any(family.casefold() in available for family in families):
            asked.add(families[0])
    return sorted(asked)[:MOST_NAMES]


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


def sheet_names(document) -> Iterator[str]:
    """The formats that cells have."""
    for sheet in every(document.getSheets()):
        for cells in every(sheet.getUniqueCellFormatRanges()):
            yield cells.getPropertyValue(FONT_PROPERTY)


def slide_names(document) -> Iterator[str]:
    """The pieces of text of every shape."""
    for page in every(document.getDrawPages()):
        for shape in every(page):
            if not hasattr(shape, "createEnumeration") or not shape.getString():
                continue
            for paragraph in every(shape):
                for portion in every(paragraph):
                    yield portion.getPropertyValue(FONT_PROPERTY)


def every(collection) -> Iterator:
    """The members of a UNO collection, whichever way it has to give them."""
    if hasattr(collection, "getByIndex"):
        for position in range(collection.getCount()):
            yield collection.getByIndex(position)
        return
    enumeration = collection.createEnumeration()
    while enumeration.hasMoreElements():
        yield enumeration.nextElement()
