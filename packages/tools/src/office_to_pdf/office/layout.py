"""Changes of a document before it is exported."""

from itertools import chain, islice
from pathlib import Path
from typing import Iterator

from fonts import may_name

# com.sun.star.text.FilenameDisplayFormat
PATH, NAME, NAME_AND_EXTENSION = 1, 2, 3
MAX_FIELDS = 10_000
MARGINS = [f"{side}Page{margin}Content" for side in ("Left", "Right") for margin in ("Header", "Footer")]


def update_indexes(document) -> None:
    """Updates tables of contents and other indexes of text documents."""
    if not document.supportsService("com.sun.star.text.GenericTextDocument"):
        return
    indexes = document.getDocumentIndexes()
    for position in range(indexes.getCount()):
        indexes.getByIndex(position).update()


def set_file_name_fields(document, source: Path, own_name: str) -> None:
    """Makes file name fields show the user's file name, and no path of the sandbox."""
    own_name = "".join(character if character.isprintable() else "\ufffd" for character in own_name)
    if hasattr(document, "getSheets"):
        name_in_margins(document)
    elif hasattr(document, "getTextFields"):
        for field in islice(fields_of(document), MAX_FIELDS):
            name_field(field, own_name)
    elif may_name(source, "file-name"):
        for portion in islice(slide_portions(document), MAX_FIELDS):
            if portion.TextPortionType == "TextField" and is_file_name(portion.TextField):
                portion.setString(own_name)


def name_field(field, own_name: str) -> None:
    """Shows the part of the name that the field selects, never a path."""
    if not is_file_name(field) or field.IsFixed:
        return
    stem = own_name.rpartition(".")[0] or own_name
    shown = {PATH: "", NAME: stem}.get(field.FileFormat, own_name)
    field.IsFixed = True
    field.CurrentPresentation = shown


def name_in_margins(spreadsheet) -> None:
    """Shows the name of the copy without its path in margins of spreadsheets, whose fields can't be replaced by text."""
    styles = spreadsheet.getStyleFamilies().getByName("PageStyles")
    for position in range(styles.getCount()):
        style = styles.getByIndex(position)
        for margin in MARGINS:
            content = style.getPropertyValue(margin)
            if content is None:
                continue
            for text in (content.LeftText, content.CenterText, content.RightText):
                for field in fields_of(text):
                    if field.getPropertySetInfo().hasPropertyByName("FileFormat"):
                        field.FileFormat = NAME_AND_EXTENSION
            # `content` is a copy, so the style has to get it back.
            style.setPropertyValue(margin, content)


def fields_of(supplier) -> Iterator:
    """Yields all fields of a text."""
    fields = supplier.getTextFields().createEnumeration()
    while fields.hasMoreElements():
        yield fields.nextElement()


def is_file_name(field) -> bool:
    """Whether the field shows the file name."""
    return field.supportsService("com.sun.star.text.textfield.FileName")


def slide_portions(presentation) -> Iterator:
    """Yields all text portions on slides."""
    for pages in (presentation.getMasterPages(), presentation.getDrawPages()):
        for shape in chain.from_iterable(map(items, items(pages))):
            for paragraph in listed(shape) if hasattr(shape, "getText") else ():
                yield from listed(paragraph)


def items(container) -> Iterator:
    """Yields the members of a container in order."""
    return (container.getByIndex(position) for position in range(container.getCount()))


def listed(text) -> Iterator:
    """Yields paragraphs of a text, or portions of a paragraph."""
    parts = text.createEnumeration()
    while parts.hasMoreElements():
        yield parts.nextElement()


def turn_to_landscape(document) -> None:
    """Turns every portrait page to landscape."""
    if hasattr(document, "getDrawPages") and not hasattr(document, "getText"):
        if hasattr(document, "getSheets"):
            turn_styles(document)
        else:
            turn_slides(document)
    else:
        turn_styles(document)


def turn_styles(document) -> None:
    """Turns page styles of texts and spreadsheets."""
    styles = document.getStyleFamilies().getByName("PageStyles")
    for position in range(styles.getCount()):
        style = styles.getByIndex(position)
        if style.Width < style.Height:
            style.IsLandscape = True
            style.Width, style.Height = style.Height, style.Width


def turn_slides(document) -> None:
    """Turns slides and drawing pages."""
    for pages in (document.getMasterPages(), document.getDrawPages()):
        for position in range(pages.getCount()):
            page = pages.getByIndex(position)
            if page.Width < page.Height:
                page.Width, page.Height = page.Height, page.Width
