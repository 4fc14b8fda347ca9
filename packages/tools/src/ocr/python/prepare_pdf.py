"""Prepares a PDF for OCRmyPDF."""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from bombs import contains_bomb, draws_too_much
from ocrmypdf.exceptions import ExitCode, ExitCodeException
from pikepdf import Array, Dictionary, Name, Page, Pdf, PdfError, Stream

# Beginning of the content that OCRmyPDF adds to a page.
TEXT_LAYER = re.compile(rb"\s*q [^\n]* cm\n(/OCR-[\w-]+) Do\s+Q\s")
LAYER_PREFIX = "/OCR-"
MAX_FIELDS = 100_000
PACKED_JPEG = Array([Name.FlateDecode, Name.DCTDecode])


class SignedError(ExitCodeException):
    exit_code = ExitCode.input_file


class BombError(ExitCodeException):
    exit_code = ExitCode.input_file


def prepare(
    source: Path, target: Path, is_replaced: Callable[[int], bool], signatures: Literal["keep", "reject", "invalidate"]
) -> tuple[Path, bool]:
    """Returns the source, or the target if something had to be changed, and whether signatures were removed.

    `is_replaced` says by index which pages lose their text layers; `keep` is for output that is no PDF.

    Raises SignedError for a document that any change would break, BombError for content that no machine can unpack or draw.
    """
    with Pdf.open(source) as pdf:
        if contains_bomb(pdf) or draws_too_much(pdf):
            raise BombError
        is_signed = signatures != "keep" and _is_signed(pdf)
        if is_signed and signatures == "reject":
            raise SignedError
        if is_signed:
            _invalidate(pdf)
        unpacked = _unpack_jpegs(pdf)
        stripped = _strip_text_layers(pdf, is_replaced)
        if not is_signed and not unpacked and not stripped:
            return source, False
        pdf.save(target)
        return target, is_signed


def _unpack_jpegs(pdf: Pdf) -> bool:
    """Unpacks JPEGs with several filters: OCRmyPDF deflates them once more, which no program can decode."""
    packed = [item for item in pdf.objects if isinstance(item, Stream) and item.get(Name.Filter) == PACKED_JPEG]
    for image in packed:
        parameters = image.get(Name.DecodeParms)
        if parameters is not None and any(parameter is not None for parameter in parameters):
            continue
        try:
            image.write(zlib.decompress(image.read_raw_bytes()), filter=Name.DCTDecode)
        except (zlib.error, PdfError):
            continue  # damaged, and stays so
    return bool(packed)


def _strip_text_layers(pdf: Pdf, is_replaced: Callable[[int], bool]) -> bool:
    """Removes text layers of OCRmyPDF or this tool, to which OCRmyPDF would add another one."""
    pages = [page for index, page in enumerate(pdf.pages) if is_replaced(index) and text_layers(page)]
    for page in pages:
        page.contents_coalesce()
        content = page.Contents.read_bytes()
        page.Contents = pdf.make_stream(TEXT_LAYER.sub(b"", content))
        # Removes only these layers: pages may share their resources.
        for name in set(TEXT_LAYER.findall(content)):
            del page.Resources.XObject[name.decode()]
    return bool(pages)


def text_layers(page: Page) -> list[str]:
    try:
        return [name for name in page.Resources.XObject.keys() if name.startswith(LAYER_PREFIX)]
    except (AttributeError, KeyError, TypeError, ValueError):
        return []  # no resources, or damaged ones


def _is_signed(pdf: Pdf) -> bool:
    """Whether the document has a signature that any change would break."""
    is_field_signed = next(_signed_fields(pdf), None) is not None
    return is_field_signed or (Name.Perms in pdf.Root and Name.DocMDP in pdf.Root.Perms)


def _invalidate(pdf: Pdf) -> None:
    """Removes signatures, which would be invalid. Their fields stay, empty."""
    for field in list(_signed_fields(pdf)):
        for key in (Name.V, Name.Lock):
            if key in field:
                del field[key]
    form = pdf.Root.get(Name.AcroForm)
    if form is not None and Name.SigFlags in form:
        del form[Name.SigFlags]
    for key in (Name.Perms, Name.DSS):
        if key in pdf.Root:
            del pdf.Root[key]


def _signed_fields(pdf: Pdf) -> Iterator[Dictionary]:
    form = pdf.Root.get(Name.AcroForm)
    fields = list(form.get(Name.Fields, [])) if form is not None else []
    seen = 0
    while fields and seen < MAX_FIELDS:
        field, seen = fields.pop(), seen + 1
        try:
            if field.get(Name.FT) == Name.Sig and Name.V in field:
                yield field
            fields.extend(field.get(Name.Kids, []))
        except (AttributeError, TypeError, PdfError):
            continue
