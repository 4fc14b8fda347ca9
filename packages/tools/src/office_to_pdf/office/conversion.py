"""Converts one document to PDF."""

import resource
from datetime import datetime
from pathlib import Path
from typing import Callable

import uno
from com.sun.star.uno import Exception as UnoException

from applets import without_applets
from emptiness import is_empty
from fonts import missing_fonts
from layout import set_file_name_fields, turn_to_landscape, update_indexes
from listeners import Indicator, PasswordWatch
from pdf_file import PdfFile
from pictures import has_huge_picture
from soffice import Office, properties

EXPORT_FILTERS = {
    "com.sun.star.text.WebDocument": "writer_web_pdf_Export",
    "com.sun.star.text.TextDocument": "writer_pdf_Export",
    "com.sun.star.sheet.SpreadsheetDocument": "calc_pdf_Export",
    "com.sun.star.presentation.PresentationDocument": "impress_pdf_Export",
    "com.sun.star.drawing.DrawingDocument": "draw_pdf_Export",
}
APPLETLESS = Path("/tmp/without-applets.html")
NEVER_RUN_MACROS = 0
NEVER_UPDATE_LINKS = 0
OPENED, EXPORTED = 0.4, 0.95


class Refusal(Exception):
    """Why there is no PDF: a code for the caller, and LibreOffice's message."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail)
        self.code = code


def convert(office: Office, request: dict, progress: Callable[[float], None]) -> dict:
    """Converts the document of a request with the keys source, name, import_filter, output, password, export_options, landscape
    and update_indexes. Returns the response. Raises Refusal.
    """
    document = open_document(office, request, progress)
    try:
        set_file_name_fields(document, Path(request["source"]), request["name"])
        if request["update_indexes"]:
            update_indexes(document)
        if request["landscape"]:
            turn_to_landscape(document)
        output = Path(request["output"])
        if is_empty(document):
            raise Refusal("no_pages")
        export(office, document, request, progress)
        pdf = PdfFile(output)
        pages = pdf.count_pages()
        if pages == 0:
            raise Refusal("no_pages")
        pdf.make_reproducible(last_change(document.getDocumentProperties()))
        return {"pages": pages, "missing_fonts": missing_fonts(office, document, Path(request["source"]))}
    finally:
        close(document)


def open_document(office: Office, request: dict, progress: Callable[[float], None]):
    """Opens the document read-only, without running or fetching anything."""
    source = Path(request["source"])
    if has_huge_picture(source):
        raise Refusal("huge_picture")
    request = {**request, "source": without_applets(source, request["import_filter"], APPLETLESS)}
    watch = PasswordWatch()
    detail = "the document was not loaded"
    indicator = Indicator(lambda done: progress(done * OPENED))
    try:
        document = load(office, request, {"InteractionHandler": watch, "StatusIndicator": indicator})
        if document is not None:
            return document
    except UnoException as error:
        detail = error.Message
    if office.has_ended():
        raise Refusal("died", detail)
    if request["password"] and needs_password(office, request):
        raise Refusal("wrong_password", detail)
    raise Refusal("encrypted" if watch.was_asked else "corrupt", detail)


def load(office: Office, request: dict, arguments: dict):
    """Returns None or raises an exception if LibreOffice can't open it."""
    name, _, options = (request["import_filter"] or "").partition(":")
    arguments = {
        "Hidden": True,
        "ReadOnly": True,
        "RepairPackage": False,
        "MacroExecutionMode": NEVER_RUN_MACROS,
        "UpdateDocMode": NEVER_UPDATE_LINKS,
        **({"FilterName": name, "FilterOptions": options} if name else {}),
        **({"Password": request["password"]} if request["password"] else {}),
        **arguments,
    }
    source = Path(request["source"]).as_uri()
    return office.desktop.loadComponentFromURL(source, "_blank", 0, properties(arguments))


def needs_password(office: Office, request: dict) -> bool:
    """Whether the document needs a password. LibreOffice asks for a missing password, but does not report a wrong one."""
    watch = PasswordWatch()
    try:
        document = load(office, {**request, "password": None}, {"InteractionHandler": watch})
        if document is not None:
            close(document)
    except UnoException:
        pass
    return watch.was_asked


def export(office: Office, document, request: dict, progress: Callable[[float], None]) -> None:
    """Writes the PDF."""
    services = [name for name in EXPORT_FILTERS if document.supportsService(name)]
    if not services:
        raise Refusal("unsupported", "a document of another kind")
    arguments = {
        "FilterName": EXPORT_FILTERS[services[0]],
        "FilterData": uno.Any("[]com.sun.star.beans.PropertyValue", properties(request["export_options"])),
        "StatusIndicator": Indicator(lambda done: progress(OPENED + done * (EXPORTED - OPENED))),
    }
    written_before = office.written_bytes()
    try:
        uno.invoke(document, "storeToURL", (Path(request["output"]).as_uri(), properties(arguments)))
    except UnoException as error:
        written = office.written_bytes() - written_before
        raise Refusal(why_not_exported(request, written), error.Message) from error


def why_not_exported(request: dict, written_bytes: int) -> str:
    """Returns the likely reason, as LibreOffice gives none: the file size limit, or no page to export."""
    largest, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if largest != resource.RLIM_INFINITY and written_bytes >= largest:
        return "too_large"
    return "no_pages" if "PageRange" in request["export_options"] else "not_exported"


def last_change(document_properties) -> datetime | None:
    """Returns when the document was last changed or created, according to itself."""
    for date in (document_properties.ModificationDate, document_properties.CreationDate):
        if date.Year >= 1900 and date.Month and date.Day:
            return datetime(date.Year, date.Month, date.Day, date.Hours, date.Minutes, date.Seconds)
    return None


def close(document) -> None:
    """Closes the document. One that does not close ends with its process."""
    try:
        document.close(True)
    except UnoException:
        pass
