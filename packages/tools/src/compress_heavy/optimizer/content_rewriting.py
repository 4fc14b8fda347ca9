"""Rewrites the content streams of a document without invisible details."""
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from content import UnreadableContent
from rounding import Content, round_content
from walk import Usage, bytes_of, contents_of, subdictionary, inherited

Job = tuple[Stream, bytes, float, frozenset[bytes]]
_CHUNK = 4


def rewrite_contents(pdf: pikepdf.Pdf, usage: Usage, tolerance: float, pool: Executor) -> Callable[[], None]:
    """Starts to round coordinates, merge lines and drop redundant operators in pages and forms.

    Call the returned function to replace the content.
    """
    jobs = [*_pages(pdf), *_forms(pdf, usage)]
    contents = [Content(data, size, tolerance, opaque) for _, data, size, opaque in jobs]
    results = pool.map(round_content, contents, chunksize=_CHUNK) if contents else iter(())

    def finish() -> None:
        for (stream, data, _, _), written in zip(jobs, results, strict=True):
            if written is not None and len(written) < len(data):
                stream.write(written)

    return finish


def _pages(pdf: pikepdf.Pdf) -> Iterator[Job]:
    shared = Counter(part.objgen for page in pdf.pages for part in _parts(page.obj))
    for page in pdf.pages:
        parts = _parts(page.obj)
        if not parts or any(shared[part.objgen] > 1 for part in parts):
            continue
        try:
            data = contents_of(page.obj)
        except UnreadableContent:
            continue
        # The result is written to one stream, so a stream replaces an array, even an array of one stream.
        if isinstance(page.obj.Contents, Array):
            page.obj.Contents = parts[0] if len(parts) == 1 else pdf.make_stream(data)
        unit = float(page.obj.get("/UserUnit", 1))
        yield page.obj.Contents, data, unit, _opaque_states(inherited(page.obj, "/Resources"))


def _parts(page: Dictionary) -> list[Stream]:
    contents = page.get("/Contents")
    parts = contents if isinstance(contents, Array) else [contents]
    return [part for part in parts if isinstance(part, Stream)]


def _forms(pdf: pikepdf.Pdf, usage: Usage) -> Iterator[Job]:
    for identity, size in usage.forms.items() if not usage.is_partial else ():
        form = pdf.get_object(identity)
        if isinstance(form, Stream) and form.get("/Subtype") == "/Form" and "/Ref" not in form:
            yield form, bytes_of(form), size, _opaque_states(subdictionary(form, "/Resources"))


def _opaque_states(resources: pikepdf.Object | None) -> frozenset[bytes]:
    """Returns the names of graphics states that change neither strokes nor how they blend."""
    states = subdictionary(resources, "/ExtGState")
    harmless = {"/Type", "/OP", "/op", "/OPM", "/SA", "/AIS", "/TK", "/SM", "/TR", "/TR2", "/HT", "/BG", "/BG2", "/UCR",
                "/UCR2", "/RI", "/FL"}  # fmt: skip
    plain = {"/CA": (1,), "/ca": (1,), "/BM": (Name.Normal, Name.Compatible), "/SMask": (Name.None_,)}
    names = []
    for name, state in states.items() if states is not None else ():
        if isinstance(state, Dictionary) and all(
            key in harmless or value in plain.get(key, ()) for key, value in state.items()
        ):
            names.append(name.encode("latin-1"))
    return frozenset(names)
