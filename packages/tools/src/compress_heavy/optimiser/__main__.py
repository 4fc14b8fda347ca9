"""Compresses a PDF: tries, looks whether all is still there and looks the same, and keeps the smallest that passes.

usage: python3 optimiser INPUT OUTPUT REQUEST     (REQUEST: a JSON file)
Prints a line `pages COUNT` before any work, lines `progress FRACTION`, at last `result {...}`; without OUTPUT when nothing smaller was found. Exits 10 for a
document that is damaged beyond repair, 11 for a signed one.
"""
import json
import sys

from compress import Listener, Request, compress_document
from opening import Refused, end


def main(source: str, target: str, request_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        request = Request(**json.load(file))
    tell = Listener(
        pages=lambda count: print("pages", count, flush=True),
        progress=lambda share: print(f"progress {share:.4f}", flush=True),
    )
    try:
        result = compress_document(source, target, request, tell)
    except Refused as refused:
        end(refused)
    else:
        print("result", json.dumps(result), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
