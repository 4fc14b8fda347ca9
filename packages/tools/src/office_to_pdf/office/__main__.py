"""Converts documents to PDF with LibreOffice.

Usage: python3 -I <this directory> serve
       python3 -I <this directory> command REQUEST_FILE

`serve` starts LibreOffice and prints {"ready":true} whenever it waits for a request; each is a line of JSON on standard
input, see conversion.py, and is answered by one. It ends when LibreOffice has ended, with exit code 1. `command` answers
the request in the file, by LibreOffice's own command line, for a document that LibreOffice does not survive in the other
way. Its exit code is LibreOffice's, which does not say whether there is a PDF; 128 and the signal's number after a signal.
"""

import sys
from pathlib import Path

PROFILE = Path("/tmp/profile")
COMMAND_PROFILE = Path("/tmp/command-profile")


def serve() -> int:
    """Talks JSON, a line a message."""
    from server import serve_requests
    from soffice import Office

    return serve_requests(Office(PROFILE))


def command(request_file: str) -> int:
    """Reads the request from a file, because command lines can be seen by others."""
    from plain_command import convert_by_command

    return convert_by_command(Path(request_file), COMMAND_PROFILE)


if __name__ == "__main__":
    sys.exit({"serve": serve, "command": command}[sys.argv[1]](*sys.argv[2:]))
