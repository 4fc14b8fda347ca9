"""Compresses a PDF: tries, looks whether all is still there and looks the same, and keeps the smallest that passes.

usage: python3 optimiser INPUT OUTPUT REQUEST     (REQUEST: a JSON file)
Prints a line `pages COUNT` before any work, lines `progress FRACTION`, at last `result {...}`; writes no OUTPUT when nothing
smaller was found. Exits 10 for a document that is damaged beyond repair, 11 for a signed one, 12 for one that unpacks to too
much, 1 for whatever else went wrong.
"""
import json
import multiprocessing
import os
import sys
import traceback
from concurrent.futures import Executor

from workers import start_processes


def main(source: str, target: str, request_path: str, processes: Executor) -> int:
    # Not before the processes run, which then load what they need at the same time.
    from compress import Listener, Request, compress_document
    from opening import Refused

    with open(request_path, encoding="utf-8") as file:
        request = Request(**json.load(file))
    tell = Listener(
        pages=lambda count: print("pages", count, flush=True),
        progress=lambda share: print(f"progress {share:.4f}", flush=True),
    )
    try:
        result = compress_document(source, target, request, tell, processes)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return refused.code
    print("result", json.dumps(result), flush=True)
    return 0


def end(code: int) -> None:
    """Ends at once: nobody needs what is still being rendered."""
    sys.stderr.flush()
    for child in multiprocessing.active_children():
        child.kill()
    os._exit(code)


if __name__ == "__main__":
    try:
        end(main(*sys.argv[1:], start_processes()))
    except BaseException:
        traceback.print_exc()
        end(1)
