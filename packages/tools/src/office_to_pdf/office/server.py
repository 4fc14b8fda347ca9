"""Serves requests, a line of JSON each, and says when it waits for one."""

import json
import sys
from pathlib import Path

import uno  # noqa: F401 (makes com.sun.star importable)
from com.sun.star.uno import Exception as UnoException

from conversion import Refusal, convert
from fonts import learn_built_in_styles
from soffice import Office, properties

TEXTS = "swriter"
KINDS = [TEXTS, "scalc", "simpress"]
WARM_DOCX = Path("/tmp/warm.docx")
WARM_PDF = Path("/tmp/warm.pdf")
FAILED = 1
MOST_DETAIL = 1000


def say(message: dict) -> None:
    """One line to whoever asks."""
    print(json.dumps(message), flush=True)


def warm_up(office: Office) -> None:
    """Makes LibreOffice load what any conversion needs: its modules, a font, the filters that most documents go through."""
    for kind in KINDS:
        document = new_document(office, f"private:factory/{kind}")
        if kind == TEXTS:
            learn_built_in_styles(document)
            document.getText().setString("Warm")
            document.storeToURL(WARM_DOCX.as_uri(), properties({"FilterName": "MS Word 2007 XML"}))
        document.close(True)
    document = new_document(office, WARM_DOCX.as_uri())
    document.storeToURL(WARM_PDF.as_uri(), properties({"FilterName": "writer_pdf_Export"}))
    document.close(True)
    WARM_DOCX.unlink()
    WARM_PDF.unlink()


def new_document(office: Office, url: str):
    """Without a window."""
    return office.desktop.loadComponentFromURL(url, "_blank", 0, properties({"Hidden": True}))


def serve_requests(office: Office) -> int:
    """Returns an exit code once there is nothing more to do."""
    warm_up(office)
    say({"ready": True})
    for line in sys.stdin:
        try:
            say(convert(office, json.loads(line), lambda done: say({"progress": done})))
        except (Refusal, UnoException) as error:
            if office.has_ended():
                say({"error": "died"})
                return FAILED
            say({"error": getattr(error, "code", "not_exported"), "detail": str(error)[:MOST_DETAIL]})
        say({"ready": True})
    return 0
