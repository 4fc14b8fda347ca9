"""Opens documents, and says in which way one can't be opened."""
from enum import IntEnum

import pikepdf


class Exit(IntEnum):
    """How the program ends, for whoever started it."""

    CORRUPT = 10
    SIGNED = 11
    TOO_LARGE = 12


class Refused(Exception):
    """The document can't be worked on."""

    def __init__(self, code: Exit, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def open_document(path: str) -> pikepdf.Pdf:
    """A document with pages that can be walked through."""
    try:
        pdf = pikepdf.open(path)
        if len(pdf.pages) == 0:
            raise Refused(Exit.CORRUPT, "no pages")
        return pdf
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise Refused(Exit.CORRUPT, str(error)) from error


def was_repaired(pdf: pikepdf.Pdf) -> bool:
    """Whether the file's table of contents was wrong, so that it was searched for objects."""
    return any("file is damaged" in str(warning) for warning in pdf.get_warnings())
