"""Digital signatures, which every change to a document invalidates."""
import pikepdf
from pikepdf import Array, Dictionary, Name

_MAX_FIELDS = 200_000


def signature_fields(pdf: pikepdf.Pdf) -> list[Dictionary]:
    """Returns fields with a signature: an approval, or the author's certification."""
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
    """Whether the document is signed or certified. Usage rights alone don't count."""
    return bool(signature_fields(pdf)) or "/DocMDP" in _permissions(pdf)


def has_usage_rights(pdf: pikepdf.Pdf) -> bool:
    """Whether a signature grants usage rights in Adobe Reader."""
    return any(key in _permissions(pdf) for key in ("/UR", "/UR3"))


def _permissions(pdf: pikepdf.Pdf) -> Dictionary:
    permissions = pdf.Root.get("/Perms")
    return permissions if isinstance(permissions, Dictionary) else Dictionary()


def invalidate(pdf: pikepdf.Pdf) -> None:
    """Removes signatures, which would be invalid. Their fields stay, empty."""
    for field in signature_fields(pdf):
        del field["/V"]
        if "/Lock" in field:
            del field["/Lock"]
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and "/SigFlags" in form:
        # Nothing is signed, so the file may be rewritten instead of appended to.
        del form["/SigFlags"]
    for key in (Name.Perms, Name.DSS):
        if key in pdf.Root:
            del pdf.Root[key]
