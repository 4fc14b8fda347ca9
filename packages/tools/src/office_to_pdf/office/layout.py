"""Changes of a document before it is exported."""

from itertools import chain, islice
from pathlib import Path
from typing import Iterator

from fonts import may_name

# com.sun.star.text.FilenameDisplayFormat
PATH, NAME, NAME_AND_EXTENSION = 1, 2, 3
MOST_FIELDS = 10_000
MARGINS = [f"{side}Page{margin}Content" for side in ("Left", "Right") for margin in ("Header", "Footer")]


def update_indexes(document) -> None:
    """Tables of contents and other indexes, which only text documents have."""
    if not document.supportsService("com.sun.star.text.GenericTextDocument"):
        return
    indexes = document.getDocumentIndexes()
    for position in range(indexes.getCount()):
        indexes.getByIndex(position).update()


def name_by_owner(document, source: Path, own_name: str) -> None:
    """Has fields of the file's name show the one that its owner gave it, and no path in the sandbox."""
    own_name = "".join(character if character.isprintable() else "\ufffd" for character in own_name)
    if hasattr(document, "getSheets"):
        name_in_margins(document)
    elif hasattr(document, "getTextFields"):
        for field in islice(fields_of(document), MOST_FIELDS):
            name_field(field, own_name)
    elif may_name(source, "file-name"):
        for portion in islice(slide_portions(document), MOST_FIELDS):
            if portion.TextPortionType == "TextField" and is_file_name(portion.TextField):
                portion.setString(own_name)


def name_field(field, own_name: str) -> None:
    """Shows as much of the name as the field is to show; nobody is told in which folder it lies."""
    if not is_file_name(field) or field.IsFixed:
        return
    stem = own_name.rpartition(".")[0] or own_name
    shown = {PATH: "", NAME: stem}.get(field.FileFormat, own_name)
    field.IsFixed = True
    field.CurrentPresentation = shown


def name_in_margins(spreadsheet) -> None:
    """Margins of spreadsheets take no text in place of the name: they show that of the copy in the sandbox, without its path."""
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
            # Its texts are copies.
            style.setPropertyValue(margin, content)


def fields_of(supplier) -> Iterator:
    """All fields of a text."""
    fields = supplier.getTextFields().createEnumeration()
    while fields.hasMoreElements():
        yield fields.nextElement()


def is_file_name(field) -> bool:
    """Whether it shows the name of the file."""
    return field.supportsService("com.sun.star.text.textfield.FileName")


def slide_portions(presentation) -> Iterator:
    """The pieces of all texts on slides."""
    for pages in (presentation.getMasterPages(), presentation.getDrawPages()):
        for shape in chain.from_iterable(map(items, items(pages))):
            for paragraph in listed(shape) if hasattr(shape, "getText") else ():
                yield from listed(paragraph)


def items(container) -> Iterator:
    """What a container has, in order."""
    return (container.getByIndex(position) for position in range(container.getCount()))


def listed(text) -> Iterator:
    """Paragraphs of a text, or pieces of a paragraph."""
    parts = text.createEnumeration()
    while parts.hasMoreElements():
        yield parts.nextElement()


def turn_to_landscape(document) -> None:
    """Every page that is higher than wide."""
    if hasattr(document, "getDrawPages") and not hasattr(document, "getText"):
        if hasattr(document, "getSheets"):
            turn_styles(document)
        else:
            turn_slides(document)
    else:
        turn_styles(document)


def turn_styles(document) -> None:
    """Pages of texts and of spreadsheets have their size from a style."""
    styles = document.getStyleFamilies().getByName("PageStyles")
    for position in range(styles.getCount()):
        style = styles.getByIndex(position)
        if style.Width < style.Height:
            style.IsLandscape = True
            style.Width, style.Height = style.Height, style.Width


def turn_slides(document) -> None:
    """Slides and drawings have a size each."""
    for pages in (document.getMasterPages(), document.getDrawPages()):
        for position in range(pages.getCount()):
            page = pages.getByIndex(position)
            if page.Width < page.Height:
                page.Width, page.Height = page.Height, page.Width
