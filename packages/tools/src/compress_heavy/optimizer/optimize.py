"""Makes one smaller copy of a document."""
import os
import re
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import pikepdf

from colors import Recoloring, to_gray
from content_rewriting import rewrite_contents
from fonts import shrink_fonts
from icc_profile import drop_cmyk_profile, find_cmyk_profile, recolor_for_screens
from opening import open_document
from recompress import recompress_images
from repack import repack_streams
from settings import Settings
from signatures import invalidate
from unused_objects import drop_metadata, drop_private_data, merge_duplicates
from walk import usage_of

_IMAGES_SHARE = 0.8
_PDFA_1 = re.compile(rb"""pdfaid:part(?:\s[^>]*)?>\s*1\s*<|pdfaid:part\s*=\s*["']1["']""")


@dataclass(frozen=True)
class Result:
    """Result of an optimization."""

    images: int = 0
    images_recompressed: int = 0
    # Whether some colors could not be converted to gray.
    is_partly_colored: bool = False


@dataclass(frozen=True)
class Options:
    """What to do with the document, at any quality."""

    linearize: bool
    remove_metadata: bool
    # Monotonic time after which the rest stays unchanged.
    deadline: float


def optimize(
    source: str, target: str, options: Options, settings: Settings | None, pool: Executor, progress: Callable[[float], None]
) -> Result:
    """Writes a smaller copy; a lossless one without settings."""
    pdf = _open_prepared(source, options)
    result = Result()
    if settings is not None:
        pdf, result = _apply_lossy_changes(pdf, source, options, settings, pool, lambda share: progress(_IMAGES_SHARE * share))
    progress(_IMAGES_SHARE)
    merge_duplicates(pdf)
    repack_streams(pdf)
    save(pdf, target, options.linearize)
    if options.linearize and os.path.getsize(target) >= os.path.getsize(source):
        save(pdf, target, linearize=False)
    progress(1)
    return result


def _open_prepared(source: str, options: Options) -> pikepdf.Pdf:
    pdf = open_document(source)
    invalidate(pdf)
    drop_private_data(pdf)
    if options.remove_metadata:
        drop_metadata(pdf)
    return pdf


def _apply_lossy_changes(
    pdf: pikepdf.Pdf,
    source: str,
    options: Options,
    settings: Settings,
    pool: Executor,
    progress: Callable[[float], None],
) -> tuple[pikepdf.Pdf, Result]:
    usage = usage_of(pdf)
    recoloring = Recoloring(to_gray) if settings.grayscale else None
    cmyk_profile = find_cmyk_profile(pdf, os.path.getsize(source)) if settings.is_for_screens and not recoloring else None
    if recoloring is not None:
        recoloring.apply(pdf, usage)
    elif cmyk_profile is not None and not recolor_for_screens(pdf, usage, cmyk_profile):
        cmyk_profile, pdf = None, _open_prepared(source, options)
    finish_calls: list[Callable[[], None]] = []
    if settings.rewrites:
        finish_calls = [rewrite_contents(pdf, usage, settings.tolerance, pool)]
        # PDF/A-1 requires the list of a font's glyphs.
        if not is_pdfa_1(pdf):
            finish_calls.append(shrink_fonts(pdf, usage, not settings.is_for_screens, pool))
    images, recompressed = recompress_images(
        pdf,
        usage,
        settings,
        lambda done, total: progress(done / total),
        cmyk_profile.read_bytes() if cmyk_profile else None,
        options.deadline,
        # PDF/A-1 forbids transparency.
        may_add_masks=not is_pdfa_1(pdf),
    )
    if cmyk_profile is not None:
        drop_cmyk_profile(pdf)
    for finish in finish_calls:
        finish()
    return pdf, Result(images, recompressed, recoloring is not None and recoloring.is_partial)


def save(pdf: pikepdf.Pdf, target: str, linearize: bool) -> None:
    """Writes the same bytes for the same document."""
    pikepdf.settings.set_flate_compression_level(9)
    version = pdf.pdf_version if is_pdfa_1(pdf) else max(pdf.pdf_version, "1.5")
    pdf.save(
        target,
        min_version=version,
        object_stream_mode=(
            pikepdf.ObjectStreamMode.disable if is_pdfa_1(pdf) else pikepdf.ObjectStreamMode.generate
        ),
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        compress_streams=True,
        linearize=linearize,
        fix_metadata_version=False,
        deterministic_id=True,
    )


def is_pdfa_1(pdf: pikepdf.Pdf) -> bool:
    """Whether the document claims to be PDF/A-1, which forbids object streams and JPEG 2000."""
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return False
    # Without the zeros of UTF-16.
    return _PDFA_1.search(metadata.read_bytes().replace(b"\0", b"")) is not None
