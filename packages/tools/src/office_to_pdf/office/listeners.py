"""Callbacks of LibreOffice while it opens and exports."""

from typing import Callable

import uno
import unohelper
from com.sun.star.task import XInteractionHandler2, XStatusIndicator

PASSWORD = uno.getTypeByName("com.sun.star.task.XInteractionPassword")
ABORT = uno.getTypeByName("com.sun.star.task.XInteractionAbort")
DISAPPROVE = uno.getTypeByName("com.sun.star.task.XInteractionDisapprove")
APPROVE = uno.getTypeByName("com.sun.star.task.XInteractionApprove")


class PasswordWatch(unohelper.Base, XInteractionHandler2):
    """Approves warnings, gives no password, approves nothing else. Records whether a password was requested."""

    def __init__(self) -> None:
        self.was_asked = False

    def handle(self, request) -> None:
        """XInteractionHandler."""
        self.handleInteractionRequest(request)

    def handleInteractionRequest(self, request) -> bool:
        """XInteractionHandler2."""
        # The possible answers identify the request: Python receives no request that is an exception.
        answers = request.getContinuations()
        asks_password = offered(answers, PASSWORD) is not None
        self.was_asked |= asks_password
        # A request that can be approved and not rejected is only a warning.
        preference = (ABORT,) if asks_password else (DISAPPROVE, APPROVE, ABORT)
        answer = next(filter(None, (offered(answers, kind) for kind in preference)), None)
        if answer is not None:
            answer.select()
        return answer is not None


def offered(answers, kind):
    """Returns the answer of a kind, if it is possible."""
    return next((answer for answer in answers if answer.queryInterface(kind) is not None), None)


class Indicator(unohelper.Base, XStatusIndicator):
    """Reports LibreOffice's progress, from 0 to 1."""

    def __init__(self, progress: Callable[[float], None]) -> None:
        self._progress = progress
        self._range = 0

    def start(self, text: str, range_: int) -> None:
        """Begins to count to `range_`."""
        self._range = range_

    def setValue(self, value: int) -> None:
        """Sets the progress."""
        if self._range > 0:
            self._progress(min(1.0, max(0.0, value / self._range)))

    def setText(self, text: str) -> None:
        """Ignores texts."""

    def reset(self) -> None:
        """Ignores resets, as progress never decreases."""

    def end(self) -> None:
        """Does nothing, as the caller knows the end."""
