"""Serves requests, a line of JSON each, and says when it waits for one."""

import json
import sys
from pathlib import Path

import uno  # noqa: F401 (makes com.sun.star importable)
from com.sun.star.uno import Exception as UnoException

from conversion import Refusal, convert
from fonts import learn_built_in_styles
from soffice import Office, properties

KINDS = ["swriter", "scalc", "simpress"]
WARM_PDF = Path("/tmp/warm.pdf")
FAILED = 1
MOST_DETAIL = 1000


def say(message: dict) -> None:
    """One line to whoever asks."""
    print(json.dumps(message), flush=True)


def warm_up(office: Office) -> None:
    """Makes LibreOffice load what any conversion needs."""
    for kind in KINDS:
        hidden = properties({"Hidden": True})
        document = office.desktop.loadComponentFromURL(f"private:factory/{kind}", "_blank", 0, hidden)
        if kind == KINDS[0]:
            learn_built_in_styles(document)
            document.storeToURL(WARM_PDF.as_uri(), properties({"FilterName": "writer_pdf_Export"}))
        document.close(True)
    WARM_PDF.unlink()


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
