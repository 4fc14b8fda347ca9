"""Digital signatures, which no change to a document leaves valid."""
import pikepdf
from pikepdf import Array, Dictionary, Name

_MAX_FIELDS = 200_000


def signature_fields(pdf: pikepdf.Pdf) -> list[Dictionary]:
    """Fields that hold a signature: somebody's approval, or the author's certification."""
    form = pdf.Root.get("/AcroForm")
    found, todo, seen = [], list(form.get("/Fields", Array())) if isinstance(form, Dictionary) else [], 0
    while todo and seen < _MAX_FIELDS:
        field = todo.pop()
        seen += 1
        if not isinstance(field, Dictionary):
            continue
        value = field.get("/V")
        if isinstance(value, Dictionary) and "/ByteRange" in value:
            found.append(field)
        todo += list(field.get("/Kids", Array()))
    return found


def has_usage_rights(pdf: pikepdf.Pdf) -> bool:
    """Whether Adobe Reader was given rights by a signature over the file as it was."""
    return any(key in pdf.Root.get("/Perms", Dictionary()) for key in ("/UR", "/UR3"))


def invalidate(pdf: pikepdf.Pdf) -> None:
    """Takes signatures out that would claim what is no longer true; their fields stay, empty."""
    for field in signature_fields(pdf):
        del field["/V"]
        if "/Lock" in field:
            del field["/Lock"]
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and "/SigFlags" in form:
        # Nothing is signed any more, and no one needs to append instead of writing anew.
        del form["/SigFlags"]
    for key in (Name.Perms, Name.DSS):
        if key in pdf.Root:
            del pdf.Root[key]
