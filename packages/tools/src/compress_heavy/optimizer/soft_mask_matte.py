"""Removes the matte of images: preblending with a color behind the soft mask, which ties the sizes of image and mask."""
from collections import defaultdict

import numpy as np
import pikepdf
from pikepdf import Name, Stream
from PIL import Image

from flate import compress
from pixels import UNREADABLE, Unsupported, decode, read_source
from walk import Id


def separate_mattes(pdf: pikepdf.Pdf) -> None:
    """Restores the colors of preblended images if that loses only what their masks hide."""
    images: dict[Id, list[Stream]] = defaultdict(list)
    for value in pdf.objects:
        if isinstance(value, Stream) and isinstance(value.get("/SMask"), Stream) and "/Matte" in value.SMask:
            images[value.SMask.objgen].append(value)
    for identity, blended in images.items():
        mask = pdf.get_object(identity)
        try:
            colors = [_own_colors(image, mask) for image in blended]
        except UNREADABLE:
            continue
        for image, own in zip(blended, colors, strict=True):
            image.write(compress(own.tobytes(), is_draft=True), filter=Name.FlateDecode)
            image.BitsPerComponent = 8
            if "/Decode" in image:
                del image["/Decode"]
        del mask["/Matte"]


def _own_colors(image: Stream, mask: Stream) -> Image.Image:
    pixels, alpha = decode(read_source(image)), decode(read_source(mask)).picture
    picture = pixels.picture
    if picture.size != alpha.size or picture.mode not in ("L", "RGB") or alpha.mode != "L" or pixels.is_lossy:
        raise Unsupported("its colors can't be determined")
    values = np.asarray(picture).astype(np.float32).reshape(picture.height, picture.width, -1)
    weight = np.asarray(alpha).astype(np.float32)[..., None] / 255
    matte = np.array([float(number) * 255 for number in mask.Matte], np.float32)
    if matte.size != values.shape[2] or "/Indexed" in str(image.get("/ColorSpace")):
        raise Unsupported("its matte uses other colors")
    own = matte + (values - matte) / np.maximum(weight, 1 / 255)
    # Invisible pixels may have any color; this one compresses best.
    own = np.where(weight > 0, own, matte)
    own = np.clip(np.rint(own), 0, 255).astype(np.uint8)
    return Image.fromarray(own[..., 0] if own.shape[2] == 1 else own, picture.mode)
