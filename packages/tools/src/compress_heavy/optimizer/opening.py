"""Opens documents, and reports why one can't be opened."""
from typing import Literal

import pikepdf

_MAX_CAUSE_CHARACTERS = 1000

Reason = Literal["corrupt", "unreadable", "protected", "signed", "too_many_pages", "unpacks_to_too_much"]


class Refused(Exception):
    """The document can't be processed."""

    def __init__(self, reason: Reason, cause: str, **details: object) -> None:
        super().__init__(cause)
        self.reason = reason
        self.details = {"cause": cause[:_MAX_CAUSE_CHARACTERS], **details}


def open_document(path: str) -> pikepdf.Pdf:
    """Opens a document and checks that its pages can be read."""
    try:
        pdf = pikepdf.open(path)
        if pdf.is_encrypted:
            raise Refused("protected", "opens without a password, but is encrypted")
        if len(pdf.pages) == 0:
            raise Refused("corrupt", "no pages")
        return pdf
    except pikepdf.PasswordError as error:
        raise Refused("protected", str(error)) from error
    except (pikepdf.PdfError, OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise Refused("corrupt", str(error)) from error


def was_repaired(pdf: pikepdf.Pdf) -> bool:
    """Whether the cross-reference table was broken and had to be rebuilt."""
    return any("file is damaged" in str(warning) for warning in pdf.get_warnings())
