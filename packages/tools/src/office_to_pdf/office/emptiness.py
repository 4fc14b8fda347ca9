"""Detects documents without content, which LibreOffice exports as an empty page."""

from com.sun.star.table.CellContentType import EMPTY

MAX_BLANK_CHARACTERS = 1000
CONTENT_GETTERS = ["getTextTables", "getTextFrames", "getGraphicObjects", "getEmbeddedObjects", "getDocumentIndexes"]


def is_empty(document) -> bool:
    """Whether the document has nothing to print. Empty slides are pages."""
    if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        sheets = document.getSheets()
        return all(is_sheet_empty(sheets.getByIndex(position)) for position in range(sheets.getCount()))
    if document.supportsService("com.sun.star.text.GenericTextDocument"):
        return is_text_empty(document)
    return False


def is_sheet_empty(sheet) -> bool:
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.getRangeAddress()
    is_used = end.EndColumn > 0 or end.EndRow > 0 or sheet.getCellByPosition(0, 0).getType() != EMPTY
    return not is_used and sheet.getDrawPage().getCount() == 0


def is_text_empty(document) -> bool:
    # Reading the whole text of a long document would transfer it to this process.
    if document.CharacterCount > MAX_BLANK_CHARACTERS or document.getText().getString().strip():
        return False
    if document.getDrawPage().getCount() > 0 or has_margin_text(document):
        return False
    return not any(getattr(document, getter)().hasElements() for getter in CONTENT_GETTERS)


def has_margin_text(document) -> bool:
    """Whether headers or footers have text."""
    styles = document.getStyleFamilies().getByName("PageStyles")
    for position in range(styles.getCount()):
        style = styles.getByIndex(position)
        for part in ("Header", "Footer"):
            if getattr(style, f"{part}IsOn") and getattr(style, f"{part}Text").getString().strip():
                return True
    return False
