"""Recompresses every image of a document."""
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from concurrent.futures import Future, ThreadPoolExecutor

from time import monotonic

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from color_keys import Key
from images import Opaque, Replacement, Task, shrink
from soft_mask_matte import separate_mattes
from pixels import UNREADABLE, Unsupported, read_source
from settings import Settings
from walk import Id, Usage

_ENCODING_KEYS = ("/Decode", "/DecodeParms", "/F", "/FFilter", "/FDecodeParms", "/DL")
# Images are uncompressed in memory while they are processed.
_MAX_THREADS = 4


def recompress_images(
    pdf: pikepdf.Pdf,
    usage: Usage,
    settings: Settings,
    progress: Callable[[int, int], None],
    cmyk_profile: bytes | None,
    deadline: float,
    may_add_masks: bool,
) -> tuple[int, int]:
    """Replaces images that can be smaller. Returns the number of images and of replaced ones.

    `cmyk_profile` is for CMYK images without a profile. After `deadline`, a monotonic time, images stay unchanged. `may_add_masks` is
    false for a document that must not have soft masks.
    """
    separate_mattes(pdf)
    images = [
        value for value in pdf.objects if isinstance(value, Stream) and value.get("/Subtype") == "/Image"
    ]
    for image in images:
        # Readers ignore /Mask beside a soft mask, but would apply it if the soft mask were removed.
        if isinstance(image.get("/SMask"), Stream) and "/Mask" in image:
            del image["/Mask"]
    masks = _soft_masks(images)
    tasks = ((image, _task(image, masks, usage, cmyk_profile, may_add_masks) if monotonic() < deadline else None) for image in images)
    done = replaced = 0
    opaque: set[Id] = set()
    threads = min(_MAX_THREADS, os.process_cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        for image, smaller in _process_in_order(pool, threads, tasks, settings):
            done += 1
            if isinstance(smaller, Opaque):
                opaque.add(image.objgen)
            elif smaller is not None:
                _replace(pdf, image, smaller)
                replaced += 1
            progress(done, len(images))
    for image in images:
        if isinstance(image.get("/SMask"), Stream) and image.SMask.objgen in opaque:
            del image["/SMask"]
    return len(images), replaced


def _process_in_order(
    pool: ThreadPoolExecutor, threads: int, tasks: Iterable[tuple[Stream, Task | None]], settings: Settings
) -> Iterator[tuple[Stream, Replacement | Opaque | None]]:
    """Processes few images at a time, as their data is in memory."""
    waiting: deque[tuple[Stream, Future[Replacement | Opaque | None] | None]] = deque()
    for image, task in tasks:
        waiting.append((image, pool.submit(_shrink_or_none, task, settings) if task else None))
        if len(waiting) > threads:
            image, future = waiting.popleft()
            yield image, future.result() if future else None
    for image, future in waiting:
        yield image, future.result() if future else None


def _shrink_or_none(task: Task, settings: Settings) -> Replacement | Opaque | None:
    try:
        return shrink(task, settings)
    except UNREADABLE:
        return None


def _task(image: Stream, masks: set[Id], usage: Usage, cmyk_profile: bytes | None, may_add_masks: bool) -> Task | None:
    try:
        key = _color_key(image)
        if _is_preblended(image) or key is not None and not may_add_masks:
            raise Unsupported("its values must not change")
        source = read_source(image)
        if source.components == 4 and source.profile is None:
            source = replace(source, profile=cmyk_profile)
    except UNREADABLE:
        return None
    size = len(image.read_raw_bytes())
    return Task(source, size, usage.images.get(image.objgen), image.objgen in masks, key)


def _color_key(image: Stream) -> Key | None:
    mask = image.get("/Mask")
    return tuple(int(bound) for bound in mask) if isinstance(mask, Array) else None


def _is_preblended(image: Stream) -> bool:
    return "/Matte" in image or "/Matte" in (image.get("/SMask") or Dictionary())


def _soft_masks(images: list[Stream]) -> set[Id]:
    return {image.SMask.objgen for image in images if isinstance(image.get("/SMask"), Stream)}


def _replace(pdf: pikepdf.Pdf, image: Stream, smaller: Replacement) -> None:
    if isinstance(image.get("/Mask"), Array):
        # The color key names values that have changed.
        del image["/Mask"]
    if smaller.mask is not None:
        image.SMask = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image)
        _replace(pdf, image.SMask, smaller.mask)
    encoded = smaller.encoded
    for key in _ENCODING_KEYS:
        if key in image and not (key == "/Decode" and smaller.keeps_decode):
            del image[key]
    image.write(encoded.data, filter=Name(encoded.filter), decode_parms=Dictionary(encoded.parms) if encoded.parms else None)
    image.Width, image.Height = smaller.size
    image.BitsPerComponent = encoded.bits
    if encoded.palette is not None:
        channels = 1 if smaller.space == Name.DeviceGray else 3
        image.ColorSpace = Array(
            [Name.Indexed, smaller.space, len(encoded.palette) // channels - 1, pikepdf.String(encoded.palette)]
        )
    elif smaller.space is not None:
        image.ColorSpace = smaller.space
