"""Converts documents to PDF with LibreOffice.

Usage: python3 -I <this directory> serve
       python3 -I <this directory> command REQUEST_FILE

`serve` starts LibreOffice and prints {"ready":true} whenever it waits for a request. A request is a line of JSON on standard
input (conversion.py lists its keys), and so is the response on standard output. When LibreOffice ends, `serve` exits with 1.
`command` handles the request in the file with LibreOffice's own command line, for a document on which `serve` crashes. It
exits with LibreOffice's exit code, or 128 plus the number of the signal that ended LibreOffice. The exit code doesn't show
whether a PDF was written.
"""

import sys
from pathlib import Path

PROFILE = Path("/tmp/profile")
COMMAND_PROFILE = Path("/tmp/command-profile")


def serve() -> int:
    """Handles requests until the input or LibreOffice ends."""
    from server import serve_requests
    from soffice import Office

    return serve_requests(Office(PROFILE))


def command(request_file: str) -> int:
    """Handles one request. Reads it from a file, because every process on the machine can read command lines."""
    from plain_command import convert_by_command

    return convert_by_command(Path(request_file), COMMAND_PROFILE)


if __name__ == "__main__":
    sys.exit({"serve": serve, "command": command}[sys.argv[1]](*sys.argv[2:]))
