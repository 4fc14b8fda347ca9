"""What LibreOffice calls while it opens and exports."""

from typing import Callable

import uno
import unohelper
from com.sun.star.task import XInteractionHandler2, XStatusIndicator

ABORT = uno.getTypeByName("com.sun.star.task.XInteractionAbort")
PASSWORD = uno.getTypeByName("com.sun.star.task.XInteractionPassword")


class PasswordWatch(unohelper.Base, XInteractionHandler2):
    """Answers no question; remembers whether a password was asked for."""

    def __init__(self) -> None:
        self.was_asked = False

    def handle(self, request) -> None:
        """XInteractionHandler."""
        self.handleInteractionRequest(request)

    def handleInteractionRequest(self, request) -> bool:
        """XInteractionHandler2."""
        # What is asked is told by the answers that are possible: Python gets no request that is an exception.
        answers = request.getContinuations()
        self.was_asked |= any(answer.queryInterface(PASSWORD) is not None for answer in answers)
        for answer in answers:
            if answer.queryInterface(ABORT) is not None:
                answer.select()
                return True
        return False


class Indicator(unohelper.Base, XStatusIndicator):
    """Hands on how far LibreOffice is, 0 to 1."""

    def __init__(self, progress: Callable[[float], None]) -> None:
        self._progress = progress
        self._range = 0

    def start(self, text: str, range_: int) -> None:
        """Begins to count to a number."""
        self._range = range_

    def setValue(self, value: int) -> None:
        """So many are done."""
        if self._range > 0:
            self._progress(min(1.0, max(0.0, value / self._range)))

    def setText(self, text: str) -> None:
        """Nobody reads it."""

    def reset(self) -> None:
        """Going back is not progress."""

    def end(self) -> None:
        """The caller knows."""
