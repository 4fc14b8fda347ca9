"""Handles requests, a line of JSON each, and reports when it is ready for one."""

import json
import sys
import zipfile
from pathlib import Path

import uno  # noqa: F401 (makes com.sun.star importable)
from com.sun.star.uno import Exception as UnoException

from conversion import Refusal, convert
from fonts import learn_built_in_styles
from soffice import Office, properties

OTHER_MODULES = ["scalc", "simpress"]
WARM_DOCX = Path("/tmp/warm.docx")
WARM_PDF = Path("/tmp/warm.pdf")
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
DOCX_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD_TYPE}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{DOCUMENT}" Target="word/document.xml"/></Relationships>',
    "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>Warm</w:t></w:r></w:p>'
    "</w:body></w:document>",
}
FAILED = 1
MAX_DETAIL_CHARACTERS = 1000


def emit(message: dict) -> None:
    """Prints a line of JSON."""
    print(json.dumps(message), flush=True)


def warm_up(office: Office) -> None:
    """Makes LibreOffice load modules, a font and filters that most conversions need."""
    write_docx(WARM_DOCX)
    text = open_hidden(office, WARM_DOCX.as_uri())
    text.storeToURL(WARM_PDF.as_uri(), properties({"FilterName": "writer_pdf_Export"}))
    learn_built_in_styles(text)
    text.close(True)
    for module in OTHER_MODULES:
        open_hidden(office, f"private:factory/{module}").close(True)
    WARM_DOCX.unlink()
    WARM_PDF.unlink()


def open_hidden(office: Office, url: str):
    """Opens a document without a window."""
    return office.desktop.loadComponentFromURL(url, "_blank", 0, properties({"Hidden": True}))


def write_docx(path: Path) -> None:
    """Writes a minimal docx with one word."""
    with zipfile.ZipFile(path, "w") as package:
        for name, content in DOCX_PARTS.items():
            package.writestr(name, content)


def serve_requests(office: Office) -> int:
    """Handles requests until the input ends. Returns the exit code."""
    warm_up(office)
    emit({"ready": True})
    for line in sys.stdin:
        try:
            emit(convert(office, json.loads(line), lambda done: emit({"progress": done})))
        except (Refusal, UnoException) as error:
            if office.has_ended():
                emit({"error": "died"})
                return FAILED
            emit({"error": getattr(error, "code", "not_exported"), "detail": str(error)[:MAX_DETAIL_CHARACTERS]})
        emit({"ready": True})
    return 0
