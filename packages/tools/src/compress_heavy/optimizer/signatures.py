"""Digital signatures, which no change to a document leaves valid."""
import pikepdf
from pikepdf import Array, Dictionary, Name

_MAX_FIELDS = 200_000


def signature_fields(pdf: pikepdf.Pdf) -> list[Dictionary]:
    """Fields that hold a signature: somebody's approval, or the author's certification."""
    form = pdf.Root.get("/AcroForm")
    found, todo, seen = [], _listed(form.get("/Fields")) if isinstance(form, Dictionary) else [], 0
    while todo and seen < _MAX_FIELDS:
        field = todo.pop()
        seen += 1
        if not isinstance(field, Dictionary):
            continue
        value = field.get("/V")
        if isinstance(value, Dictionary) and "/ByteRange" in value:
            found.append(field)
        todo += _listed(field.get("/Kids"))
    return found


def _listed(value: pikepdf.Object | None) -> list[pikepdf.Object]:
    return list(value) if isinstance(value, Array) else []


def is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether somebody signed the document or certified it; usage rights are a signature of nobody's will."""
    return bool(signature_fields(pdf)) or "/DocMDP" in _permissions(pdf)


def has_usage_rights(pdf: pikepdf.Pdf) -> bool:
    """Whether Adobe Reader was given rights by a signature over the file as it was."""
    return any(key in _permissions(pdf) for key in ("/UR", "/UR3"))


def _permissions(pdf: pikepdf.Pdf) -> Dictionary:
    permissions = pdf.Root.get("/Perms")
    return permissions if isinstance(permissions, Dictionary) else Dictionary()


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
