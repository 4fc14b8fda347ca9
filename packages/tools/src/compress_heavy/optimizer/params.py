"""Written by packages/tools/scripts/write-python-params.ts from the manifest of compress_heavy. Change that instead."""
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Params:
    """The tool's params, completed with their defaults, without passwords."""

    quality: int
    grayscale: bool
    target_size_bytes: int | None
    image_dpi: int | None
    linearize: bool
    remove_metadata: bool
    signed: Literal["reject", "invalidate"]
