"""Turns one document into a PDF."""

from datetime import datetime
from pathlib import Path
from typing import Callable

import uno
from com.sun.star.lang import DisposedException, IllegalArgumentException
from com.sun.star.uno import Exception as UnoException

from fonts import missing_fonts
from layout import turn_to_landscape, update_indexes
from listeners import Indicator, PasswordWatch
from pdf_file import PdfFile
from soffice import Office, properties

EXPORT_FILTERS = {
    "com.sun.star.text.WebDocument": "writer_web_pdf_Export",
    "com.sun.star.text.TextDocument": "writer_pdf_Export",
    "com.sun.star.sheet.SpreadsheetDocument": "calc_pdf_Export",
    "com.sun.star.presentation.PresentationDocument": "impress_pdf_Export",
    "com.sun.star.drawing.DrawingDocument": "draw_pdf_Export",
}
NEVER_RUN_MACROS = 0
NEVER_UPDATE_LINKS = 0
OPENED, EXPORTED = 0.4, 0.95


class Refusal(Exception):
    """Why there is no PDF: a code that the caller knows, and LibreOffice's own words."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail)
        self.code = code


def convert(office: Office, request: dict, progress: Callable[[float], None]) -> dict:
    """Keys of the request: source, import_filter, output, password, export_options, landscape, update_indexes."""
    document = open_document(office, request, progress)
    try:
        if request["update_indexes"]:
            update_indexes(document)
        if request["landscape"]:
            turn_to_landscape(document)
        output = Path(request["output"])
        export(document, output, request["export_options"], progress)
        pdf = PdfFile(output)
        pages = pdf.count_pages()
        if pages == 0:
            raise Refusal("no_pages")
        pdf.make_reproducible(last_change(document.getDocumentProperties()))
        return {"pages": pages, "missing_fonts": missing_fonts(office, document)}
    finally:
        close(document)


def open_document(office: Office, request: dict, progress: Callable[[float], None]):
    """Read-only, without anything of it being run or fetched."""
    watch = PasswordWatch()
    name, _, options = (request["import_filter"] or "").partition(":")
    arguments = {
        "Hidden": True,
        "ReadOnly": True,
        "RepairPackage": False,
        "MacroExecutionMode": NEVER_RUN_MACROS,
        "UpdateDocMode": NEVER_UPDATE_LINKS,
        "InteractionHandler": watch,
        "StatusIndicator": Indicator(lambda done: progress(done * OPENED)),
        **({"FilterName": name, "FilterOptions": options} if name else {}),
        **({"Password": request["password"]} if request["password"] else {}),
    }
    source = Path(request["source"]).as_uri()
    try:
        document = office.desktop.loadComponentFromURL(source, "_blank", 0, properties(arguments))
    except DisposedException:
        raise
    except UnoException as error:
        raise refusal_to_open(watch, request, error.Message) from error
    if document is None:
        raise refusal_to_open(watch, request, "it was not loaded")
    return document


def refusal_to_open(watch: PasswordWatch, request: dict, detail: str) -> Refusal:
    """A password that was asked for explains the failure better than what LibreOffice says."""
    if not watch.was_asked:
        return Refusal("corrupt", detail)
    return Refusal("wrong_password" if request["password"] else "encrypted", detail)


def export(document, output: Path, options: dict, progress: Callable[[float], None]) -> None:
    """Writes the PDF."""
    services = [name for name in EXPORT_FILTERS if document.supportsService(name)]
    if not services:
        raise Refusal("unsupported", "a document of another kind")
    arguments = {
        "FilterName": EXPORT_FILTERS[services[0]],
        "FilterData": uno.Any("[]com.sun.star.beans.PropertyValue", properties(options)),
        "StatusIndicator": Indicator(lambda done: progress(OPENED + done * (EXPORTED - OPENED))),
    }
    try:
        uno.invoke(document, "storeToURL", (output.as_uri(), properties(arguments)))
    except DisposedException:
        raise
    except (UnoException, IllegalArgumentException) as error:
        raise Refusal("not_exported", error.Message) from error


def last_change(document_properties) -> datetime | None:
    """When the document says that it was changed last, or made."""
    for date in (document_properties.ModificationDate, document_properties.CreationDate):
        if date.Year >= 1900 and date.Month and date.Day:
            return datetime(date.Year, date.Month, date.Day, date.Hours, date.Minutes, date.Seconds)
    return None


def close(document) -> None:
    """A document that does not close goes with its process."""
    try:
        document.close(True)
    except UnoException:
        pass
