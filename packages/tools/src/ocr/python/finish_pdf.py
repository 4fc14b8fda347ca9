"""Finishes a PDF of OCRmyPDF: straightens skewed pages, and makes the output reproducible."""

from dataclasses import dataclass
from math import cos, radians, sin
from pathlib import Path

from pikepdf import Array, Matrix, Name, ObjectStreamMode, Page, Pdf, String
from pikepdf.models.metadata import decode_pdf_date
from prepare_pdf import LAYER_PREFIX, TEXT_LAYER, text_layers

LINEARIZE_ABOVE_BYTES = 1_000_000
DATES = {"/CreationDate": ["xmp:CreateDate"], "/ModDate": ["xmp:ModifyDate", "xmp:MetadataDate"]}
GENERATED_IDS = ["xmpMM:DocumentID", "xmpMM:InstanceID", "xmpMM:RenditionClass"]


@dataclass
class Origin:
    """What a document keeps of its source."""

    dates: dict[str, str]
    id: bytes | None


def origin_of(path: Path) -> Origin:
    with Pdf.open(path) as pdf:
        dates = {name: str(pdf.docinfo[name]) for name in DATES if name in pdf.docinfo}
        return Origin(dates, bytes(pdf.trailer.ID[0]) if Name.ID in pdf.trailer else None)


def finish(source: Path, target: Path, angles: dict[int, float], origin: Origin) -> None:
    """Straightens pages, and restores the dates and the id of the source.

    `angles` are degrees, counter-clockwise, by the index of each recognized page.
    """
    with Pdf.open(source) as pdf:
        for index, angle in angles.items():
            _finish_page(pdf, pdf.pages[index], index, angle)
        _set_dates(pdf, origin.dates)
        if Name.ID in pdf.trailer:
            del pdf.trailer.ID
        if origin.id is not None:
            pdf.trailer.ID = Array([String(origin.id), String(origin.id)])
        pdf.save(
            target,
            deterministic_id=True,
            preserve_pdfa=True,
            linearize=source.stat().st_size > LINEARIZE_ABOVE_BYTES,
            object_stream_mode=ObjectStreamMode.generate,
        )


def _finish_page(pdf: Pdf, page: Page, index: int, angle: float) -> None:
    """Straightens the page below its text layer, and gives that layer a reproducible name."""
    if not angle and not text_layers(page):
        return
    page.contents_coalesce()
    content = page.Contents.read_bytes()
    layer = TEXT_LAYER.match(content)
    start, rest = (layer.group(), content[layer.end() :]) if layer else (b"", content)
    if layer:
        old, new = layer.group(1), f"{LAYER_PREFIX}{index + 1}".encode()
        objects = page.Resources.XObject
        layer_object = objects[old.decode()]
        del objects[old.decode()]
        objects[new.decode()] = layer_object
        start = start.replace(old, new)
    if angle:
        turn = _turn(page, angle)
        rest = b"q " + turn.encode() + b" cm\n" + rest + b"\nQ\n"
        _turn_annotations(page, turn)
    page.Contents = pdf.make_stream(start + rest)


def _turn(page: Page, angle: float) -> Matrix:
    """Returns the rotation around the center of the page, as its image was turned for recognition."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    x, y = (left + right) / 2, (bottom + top) / 2
    c, s = cos(radians(angle)), sin(radians(angle))
    return Matrix(c, s, -s, c, x - c * x + s * y, y - s * x - c * y)


def _turn_annotations(page: Page, turn: Matrix) -> None:
    for annotation in page.get(Name.Annots, []):
        try:
            left, bottom, right, top = (float(side) for side in annotation.Rect)
        except (AttributeError, TypeError, ValueError):
            continue
        x, y = (left + right) / 2, (bottom + top) / 2
        new_x, new_y = turn.transform((x, y))
        moved = (left + new_x - x, bottom + new_y - y, right + new_x - x, top + new_y - y)
        annotation.Rect = Array([round(side, 3) for side in moved])


def _set_dates(pdf: Pdf, dates: dict[str, str]) -> None:
    for name in DATES:
        if name in dates:
            pdf.docinfo[name] = dates[name]
        elif name in pdf.docinfo:
            del pdf.docinfo[name]
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=False) as metadata:
        for name, keys in DATES.items():
            date = _iso_date(dates.get(name))
            for key in keys:
                if date:
                    metadata[key] = date
                elif key in metadata:
                    del metadata[key]
        for key in GENERATED_IDS:
            if key in metadata:
                del metadata[key]


def _iso_date(date: str | None) -> str | None:
    try:
        return decode_pdf_date(date).isoformat() if date else None
    except ValueError:
        return None
