"""Makes one smaller document of another."""
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf

from contents import rewrite_contents
from junk import drop_metadata, drop_private_data, merge_duplicates
from opening import open_document
from recompress import recompress_images
from repack import repack_streams
from settings import Settings
from signatures import invalidate
from walk import usage_of

_IMAGES_SHARE = 0.8


@dataclass(frozen=True)
class Work:
    """What is to be done with it, whatever the quality."""

    linearize: bool
    remove_metadata: bool


def optimise(
    source: str, target: str, work: Work, settings: Settings | None, progress: Callable[[float], None]
) -> dict[str, int]:
    """Writes a smaller copy; one that loses nothing where there are no settings."""
    pdf = open_document(source)
    invalidate(pdf)
    drop_private_data(pdf)
    if work.remove_metadata:
        drop_metadata(pdf)
    details: dict[str, int] = {}
    if settings is not None:
        usage = usage_of(pdf)
        details = recompress_images(
            pdf, usage, settings, lambda done, total: progress(_IMAGES_SHARE * done / total)
        )
        rewrite_contents(pdf, usage, settings.tolerance)
    progress(_IMAGES_SHARE)
    merge_duplicates(pdf)
    repack_streams(pdf)
    save(pdf, target, work.linearize)
    progress(1)
    return details


def save(pdf: pikepdf.Pdf, target: str, linearize: bool) -> None:
    """Writes the same bytes for the same document."""
    pikepdf.settings.set_flate_compression_level(9)
    version = pdf.pdf_version if is_archive_of_old(pdf) else max(pdf.pdf_version, "1.5")
    pdf.save(
        target,
        min_version=version,
        object_stream_mode=(
            pikepdf.ObjectStreamMode.disable if is_archive_of_old(pdf) else pikepdf.ObjectStreamMode.generate
        ),
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        compress_streams=True,
        linearize=linearize,
        fix_metadata_version=False,
        deterministic_id=True,
    )


def is_archive_of_old(pdf: pikepdf.Pdf) -> bool:
    """Whether it says to be PDF/A-1, which knows neither object streams nor JPEG 2000."""
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return False
    text = metadata.read_bytes()
    return b"pdfaid:part>1<" in text or b'pdfaid:part="1"' in text



