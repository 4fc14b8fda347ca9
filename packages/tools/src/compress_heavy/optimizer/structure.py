"""Features of a document besides the appearance of its pages, so that none is lost."""
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice

import pikepdf
from pikepdf import Array, Dictionary

from walk import inherited

Structure = dict[str, Counter[str]]
_MAX_FIELDS = 200_000
_SIZE_TOLERANCE = 1.0


def structure_of(pdf: pikepdf.Pdf) -> Structure:
    """Counts features by kind. A copy with fewer than the original has lost some."""
    root = pdf.Root
    form = _dictionary(root.get("/AcroForm"))
    names = _dictionary(root.get("/Names"))
    layers = _dictionary(root.get("/OCProperties"))
    return {
        "annotations": Counter(_annotations(pdf)),
        "fields": Counter(_fields(form)),
        "outline": _outline(pdf),
        "attachments": Counter(_tree_keys(names.get("/EmbeddedFiles"))),
        "named_destinations": Counter(_tree_keys(names.get("/Dests")) + list(_dictionary(root.get("/Dests")).keys())),
        "page_labels": Counter(_tree_keys(root.get("/PageLabels"), "/Nums")),
        "layers": Counter(str(_dictionary(layer).get("/Name")) for layer in _array(layers.get("/OCGs"))),
        "parts": Counter(_parts(pdf, form, names)),
    }


def missing_features(original: Structure, candidate: Structure) -> list[str]:
    """Returns the features of which a copy has fewer."""
    return [feature for feature, counts in original.items() if counts - candidate[feature]]


def page_boxes(pdf: pikepdf.Pdf) -> list[tuple[float, ...]]:
    """Returns crop box, rotation and unit of each page."""
    return [_page_box(page.obj) for page in pdf.pages]


def has_same_pages(original: list[tuple[float, ...]], candidate: list[tuple[float, ...]]) -> bool:
    """Whether both have the same number of pages with the same sizes."""
    return len(original) == len(candidate) and all(
        abs(one - other) <= _SIZE_TOLERANCE
        for first, second in zip(original, candidate, strict=True)
        for one, other in zip(first, second, strict=True)
    )


def _page_box(page: Dictionary) -> tuple[float, ...]:
    box = inherited(page, "/CropBox") or inherited(page, "/MediaBox") or (0, 0, 612, 792)
    sides = [float(side) for side in box][:4]
    return (*sides, float(inherited(page, "/Rotate") or 0) % 360, float(page.get("/UserUnit", 1)))


def _dictionary(value: pikepdf.Object | None) -> Dictionary:
    return value if isinstance(value, Dictionary) else Dictionary()


def _array(value: pikepdf.Object | None) -> Array:
    return value if isinstance(value, Array) else Array()


def _annotations(pdf: pikepdf.Pdf) -> list[str]:
    kinds = []
    for page in pdf.pages:
        for annotation in _array(page.obj.get("/Annots")):
            if isinstance(annotation, Dictionary):
                kinds.append(str(annotation.get("/Subtype")))
    return kinds


def _fields(form: Dictionary) -> list[str]:
    fields = _nodes(_array(form.get("/Fields")))
    return [f"{field.get('/T')} {field.get('/FT')}" for field in islice(fields, _MAX_FIELDS)]


def _nodes(roots: Iterable[pikepdf.Object | None]) -> Iterator[Dictionary]:
    """Yields the nodes of a tree with /Kids, each once, even in a cycle."""
    todo, seen = list(roots), set()
    while todo:
        node = todo.pop()
        if not isinstance(node, Dictionary) or node.is_indirect and node.objgen in seen:
            continue
        seen.add(node.objgen)
        yield node
        todo += list(_array(node.get("/Kids")))


def _outline(pdf: pikepdf.Pdf) -> Counter[str]:
    titles: list[str] = []
    try:
        with pdf.open_outline(max_depth=50) as outline:
            todo = list(outline.root)
            while todo:
                item = todo.pop()
                titles.append(item.title)
                todo += list(item.children)
    except (pikepdf.PdfError, ValueError, AttributeError, TypeError, KeyError):
        pass
    return Counter(titles)


def _tree_keys(tree: pikepdf.Object | None, leaves: str = "/Names") -> list[str]:
    """Returns the keys of a name or number tree."""
    names = (list(_array(node.get(leaves)))[::2] for node in _nodes([tree]))
    return [str(key) for key in islice(chain.from_iterable(names), _MAX_FIELDS)]


def _parts(pdf: pikepdf.Pdf, form: Dictionary, names: Dictionary) -> list[str]:
    root = pdf.Root
    keys = ("/StructTreeRoot", "/MarkInfo", "/Lang", "/OpenAction", "/ViewerPreferences", "/Threads")
    found = [key for key in keys if key in root]
    found += ["XFA"] if "/XFA" in form else []
    return found + (["JavaScript"] if "/JavaScript" in names else [])
