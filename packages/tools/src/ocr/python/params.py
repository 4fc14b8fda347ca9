"""Written by packages/tools/scripts/write-python-params.ts from the manifest of ocr. Change that instead."""
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Params:
    """The tool's params, completed with their defaults, without passwords."""

    languages: list[str]
    mode: Literal["skip", "redo", "force"]
    output: Literal["pdf", "pdfa", "text", "hocr"]
    rotate_pages: bool
    deskew: bool
    clean: bool
    pages: str | None
    image_dpi: int | None
    optimize: int
    signed: Literal["reject", "invalidate"]
