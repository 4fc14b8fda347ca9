"""Removes objects that no reader needs: private data of programs, thumbnails, metadata of parts, and duplicates."""
import hashlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Stream

from walk import Id

_PRIVATE = ("/PieceInfo", "/Thumb", "/AIMetaData")
_NEVER_MERGED = ("/EmbeddedFile", "/Metadata", "/XRef", "/ObjStm")


def drop_private_data(pdf: pikepdf.Pdf) -> None:
    """Removes data that only the creating program uses. The document's metadata stays."""
    catalog = pdf.Root.objgen
    for value in pdf.objects:
        if not isinstance(value, (Dictionary, Stream)):
            continue
        for key in _PRIVATE:
            if key in value:
                del value[key]
        if "/Metadata" in value and value.objgen != catalog:
            del value["/Metadata"]


def drop_metadata(pdf: pikepdf.Pdf) -> None:
    """Removes metadata about author, time and program."""
    if "/Metadata" in pdf.Root:
        del pdf.Root["/Metadata"]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]


def merge_duplicates(pdf: pikepdf.Pdf) -> None:
    """Merges equal streams: images, fonts, profiles and forms that were embedded repeatedly."""
    first: dict[bytes, Stream] = {}
    replacements: dict[Id, Stream] = {}
    for value in pdf.objects:
        if not isinstance(value, Stream) or str(value.get("/Type")) in _NEVER_MERGED:
            continue
        key = _fingerprint(value)
        if key is None:
            continue
        kept = first.setdefault(key, value)
        if kept.objgen != value.objgen:
            replacements[value.objgen] = kept
    if replacements:
        for value in pdf.objects:
            _redirect(value, replacements)


def _fingerprint(stream: Stream) -> bytes | None:
    if "/StructParent" in stream or "/StructParents" in stream or "/Length" not in stream:
        return None
    digest = hashlib.blake2b(stream.read_raw_bytes())
    entries = Dictionary({key: value for key, value in stream.items() if key != "/Length"})
    digest.update(entries.unparse(resolved=False))
    return digest.digest()


def _redirect(value: pikepdf.Object, replacements: dict[Id, Stream]) -> None:
    """Replaces references in one object and its direct containers. Indirect objects are visited separately."""
    pairs: Iterator[tuple[object, pikepdf.Object]]
    if isinstance(value, (Dictionary, Stream)):
        pairs = iter(list(value.items()))
    elif isinstance(value, Array):
        pairs = iter(list(enumerate(value)))
    else:
        return
    for key, part in pairs:
        if not isinstance(part, (Dictionary, Stream, Array)):
            continue
        if not part.is_indirect:
            _redirect(part, replacements)
        elif part.objgen in replacements:
            value[key] = replacements[part.objgen]
