"""Answers one request."""
from collections.abc import Callable
from concurrent.futures import Executor

from compress import Request, compress_document
from opening import Refused

Say = Callable[[dict[str, object]], None]


def answer(request: dict[str, object], processes: Executor, say: Say) -> dict[str, object]:
    """What was done; or `refused`, and why."""
    source, target = str(request.pop("source")), str(request.pop("target"))

    def progress(share: float) -> None:
        say({"progress": round(share, 4)})

    try:
        return compress_document(source, target, Request(**request), progress, processes)
    except Refused as refused:
        return {"refused": refused.reason, **refused.details}
