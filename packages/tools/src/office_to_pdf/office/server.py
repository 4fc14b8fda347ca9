"""Serves requests, a line of JSON each, and says when it waits for one."""

import json
import sys
from pathlib import Path

import uno  # noqa: F401 (makes com.sun.star importable)
from com.sun.star.lang import DisposedException

from conversion import Refusal, convert
from soffice import Office, properties

KINDS = ["swriter", "scalc", "simpress"]
WARM_PDF = Path("/tmp/warm.pdf")
FAILED = 1


def say(message: dict) -> None:
    """One line to whoever asks."""
    print(json.dumps(message), flush=True)


def warm_up(office: Office) -> None:
    """Makes LibreOffice load what any conversion needs."""
    for kind in KINDS:
        hidden = properties({"Hidden": True})
        document = office.desktop.loadComponentFromURL(f"private:factory/{kind}", "_blank", 0, hidden)
        if kind == KINDS[0]:
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
        except Refusal as refusal:
            say({"error": refusal.code, "detail": str(refusal)})
        except DisposedException:
            say({"error": "died", "signal": max(0, -office.wait())})
            return FAILED
        say({"ready": True})
    return 0
