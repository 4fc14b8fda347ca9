"""Removes CMYK ICC profiles, which are often large, by converting colors for screens."""
import pikepdf
from pikepdf import Array, Dictionary, Stream
from PIL import ImageCms

from colors import Recoloring, family_of, cmyk_to_srgb
from walk import Usage, dictionaries, inherited, subdictionary

# Colors change only to remove a profile of at least this share of the file.
_MIN_SHARE = 0.05


def find_cmyk_profile(pdf: pikepdf.Pdf, size: int) -> Stream | None:
    """Returns the only profile of all CMYK colors of a document, if it is a large part of the file."""
    found: dict[bytes, Stream] = {}
    for page in pdf.pages:
        spaces = subdictionary(inherited(page.obj, "/Resources"), "/ColorSpace")
        space = spaces.get("/DefaultCMYK") if spaces is not None else None
        if not isinstance(space, Array) or space[0] != "/ICCBased":
            return None
        found[space[1].read_raw_bytes()] = space[1]
    profiles = list(found.items())
    return profiles[0][1] if len(profiles) == 1 and len(profiles[0][0]) > size * _MIN_SHARE else None


def recolor_for_screens(pdf: pikepdf.Pdf, usage: Usage, profile: Stream) -> bool:
    """Converts text and lines to sRGB. Returns False if a part can't be converted, so that the document must stay unchanged."""
    try:
        recoloring = Recoloring(cmyk_to_srgb(profile.read_bytes()))
    except ImageCms.PyCMSError:
        return False
    recoloring.apply(pdf, usage)
    return not recoloring.is_partial


def drop_cmyk_profile(pdf: pikepdf.Pdf) -> None:
    """Removes the profile and output intents, unless something still has CMYK colors."""
    everything = list(dictionaries(pdf))
    if any(_is_cmyk(value) for value in everything):
        return
    for value in everything:
        spaces = subdictionary(value, "/ColorSpace")
        if isinstance(spaces, Dictionary) and "/DefaultCMYK" in spaces:
            del spaces["/DefaultCMYK"]
    intents = pdf.Root.get("/OutputIntents")
    if isinstance(intents, Array) and all(intent.get("/S") == "/GTS_PDFX" for intent in intents):
        del pdf.Root["/OutputIntents"]


def _is_cmyk(value: Dictionary | Stream) -> bool:
    """Whether it is a CMYK image or gradient."""
    is_drawn = value.get("/Subtype") == "/Image" or "/ShadingType" in value
    return is_drawn and family_of(value.get("/ColorSpace")) == "cmyk"
