"""Converts a document with LibreOffice's command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

from office_profile import write_profile
from pdf_file import PdfFile
from soffice import ENVIRONMENT, command

LISTED_TYPES = {bool: "boolean", int: "long", str: "string"}


def convert_by_command(request_file: Path, profile: Path) -> int:
    """Prints the response if a PDF was written. Returns LibreOffice's exit code, or 128 plus the number of a signal."""
    request = json.loads(request_file.read_text())
    write_profile(profile)
    output = Path(request["output"])
    import_filter = request["import_filter"]
    arguments = [
        *([f"--infilter={import_filter}"] if import_filter else []),
        *["--convert-to", f"pdf:{request['export_filter']}:{listed(request['export_options'])}"],
        *["--outdir", str(output.parent), request["source"]],
    ]
    line = command(profile, *arguments)
    environment = {**os.environ, **ENVIRONMENT}
    ended = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=environment, check=False)
    pdf = PdfFile(output)
    pages = pdf.count_pages()
    if pages > 0:
        pdf.make_reproducible(None)
        print(json.dumps({"pages": pages, "missing_fonts": []}))
    return ended.returncode if ended.returncode >= 0 else 128 - ended.returncode


def listed(options: dict) -> str:
    """Formats export options for the command line."""
    typed = {name: {"type": LISTED_TYPES[type(value)], "value": str(value)} for name, value in options.items()}
    return json.dumps(typed).replace('"True"', '"true"').replace('"False"', '"false"')
