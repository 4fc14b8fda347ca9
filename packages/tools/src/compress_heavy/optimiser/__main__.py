"""Compresses PDFs: tries, looks whether all is still there and looks the same, and keeps the smallest that passes.

usage: python3 optimiser serve     (says when it waits for a request, takes one a line)
       python3 optimiser REQUEST   (a JSON file, for a document that the other one did not survive)
A request is a JSON object with the fields of Request and the paths `source` and `target`. Prints JSON, a line each: `progress`
as it goes, at last what was done, or why the document is `refused`; leaves nothing at `target` when nothing smaller was found.
Exits 1 for whatever went wrong.
"""
import json
import multiprocessing
import os
import sys
import traceback
from concurrent.futures import Executor
from pathlib import Path

from failures import is_memory_short
from workers import start_processes


def main(task: str, processes: Executor) -> None:
    # Not before the processes run, which then load what they need at the same time.
    from answer import answer

    if task != "serve":
        say(answer(json.loads(Path(task).read_bytes()), processes, say))
        return
    say({"ready": True})
    for line in sys.stdin:
        say(answer(json.loads(line), processes, say))
        say({"ready": True})


def say(message: dict[str, object]) -> None:
    """One line to whoever asks."""
    print(json.dumps(message), flush=True)


def end(code: int) -> None:
    """Ends at once: nobody needs what is still being rendered."""
    sys.stderr.flush()
    for child in multiprocessing.active_children():
        child.kill()
    os._exit(code)


if __name__ == "__main__":
    try:
        main(sys.argv[1], start_processes())
        end(0)
    except BaseException:
        traceback.print_exc()
        if is_memory_short():
            print("out of memory", file=sys.stderr)
        end(1)
