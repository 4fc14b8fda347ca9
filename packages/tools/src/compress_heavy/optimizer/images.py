"""Compresses a decoded image without a visible difference on a screen."""
import io
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pikepdf
from pikepdf import Name
from PIL import Image, ImageChops, ImageCms

from color_keys import Key, fill_hidden_pixels, hidden_pixels
from colors import cmyk_to_srgb_transform
from encode import Encoded, bilevel, indexed, jpeg, lossless, quantized
from pixels import Pixels, Source, decode, open_jpeg
from settings import Settings
from ssim import Reference
from walk import Placement

Size = tuple[int, int]
# An image is resampled if a side is larger than wanted by more than this factor: resampling blurs.
_MIN_DOWNSAMPLING = 1.1
# A replacement must have less than this share of the original's size, and less if the original is lossy already: loss adds up.
_MAX_SIZE_RATIO, _MAX_SIZE_RATIO_OF_LOSSY = 0.95, 0.8
_MIN_SOFT_MASK_QUALITY = 75
# Above this share of equal neighbors, an image is also encoded without loss. JPEG noise lowers the share, so lossy originals need more.
_MIN_FLATNESS, _MIN_FLATNESS_OF_LOSSY = 0.6, 0.9
_MAX_JPEG_QUALITY = 95
_JPEG_QUALITY_STEP = 7
_PALETTES = (256, 128, 64, 32)
# Averages of tiles of this size may differ by this much, of 255, without a visible difference.
_TILE, _MAX_SHIFT = 4, 12
# Images with fewer pixels are also encoded without loss.
_SMALL_PIXELS = 65_536
# A draft is at most this much larger than the final encoding.
_MAX_DRAFT_RATIO = 1.3
# Largest difference of two components, of 255, in an image that counts as gray.
_MAX_HUE = 10
# Approximate size of the dictionary that a mask adds.
_DICTIONARY_BYTES = 200


@dataclass(frozen=True)
class Replacement:
    """A replacement of an image."""

    encoded: Encoded
    size: Size
    # Of its values or palette; None for a stencil.
    space: pikepdf.Object | None
    # Whether /Decode of the original still applies.
    keeps_decode: bool
    # Replaces a color key.
    mask: "Replacement | None" = None

    @property
    def bytes(self) -> int:
        """Returns the bytes it adds to the file, with the mask's dictionary."""
        return len(self.encoded.data) + (self.mask.bytes + _DICTIONARY_BYTES if self.mask else 0)


class Opaque:
    """Replaces a soft mask that hides nothing."""


@dataclass(frozen=True)
class Task:
    """An image with its size in the file, its use and its placement."""

    source: Source
    bytes: int
    drawn: Placement | None
    is_soft_mask: bool
    # Ranges of values that are not painted.
    key: Key | None = None


def shrink(task: Task, settings: Settings) -> Replacement | Opaque | None:
    """Returns the smallest encoding with the same appearance; None to keep the image."""
    source = task.source
    target = _target_size(task, settings)
    hidden = hidden_pixels(source, task.key) if task.key is not None else None
    if hidden is not None and hidden.any():
        return _shrink_keyed(task, hidden, target, settings)
    pixels = decode(source, target)
    if task.is_soft_mask and source.decode is None and pixels.picture.getextrema() == (255, 255):
        return Opaque()
    if pixels.picture.mode == "1":
        return _shrink_bilevel(task, pixels, target, settings)
    replacement = _shrink_multilevel(task, pixels, target, settings)
    return replacement if replacement is not None and replacement.bytes < task.bytes * _max_size_ratio(task, pixels, target) else None


def _max_size_ratio(task: Task, pixels: Pixels, target: Size) -> float:
    is_resampled = target != (task.source.width, task.source.height)
    return _MAX_SIZE_RATIO_OF_LOSSY if pixels.is_lossy and not is_resampled else _MAX_SIZE_RATIO


def _shrink_multilevel(task: Task, pixels: Pixels, target: Size, settings: Settings) -> Replacement | None:
    """Returns the smallest encoding of an image with more than two values."""
    pixels = _reduce_components(pixels, settings)
    reference = _screen_reference(pixels.picture, task.drawn, settings)
    picture = pixels.picture
    if picture.size != target:
        picture = picture.resize(target, Image.Resampling.BICUBIC, reducing_gap=3.0)
    best = _smallest_encoding(task, replace(pixels, picture=picture), reference, settings)
    return Replacement(best, target, pixels.space, keeps_decode=False) if best is not None else None


def _shrink_keyed(task: Task, hidden: np.ndarray, target: Size, settings: Settings) -> Replacement | None:
    """Replaces the color key by a soft mask: a color key needs exact values, which lossy encodings change."""
    pixels = decode(task.source)
    if pixels.picture.mode == "1":
        return None
    filled = replace(pixels, picture=fill_hidden_pixels(pixels.picture, hidden))
    replacement = _shrink_multilevel(task, filled, target, settings)
    alpha = Pixels(Image.fromarray(np.where(hidden, 0, 255).astype(np.uint8), "L"), Name.DeviceGray, is_lossy=False)
    mask = _shrink_multilevel(replace(task, is_soft_mask=True), alpha, target, settings)
    if replacement is None or mask is None:
        return None
    replacement = replace(replacement, mask=mask)
    return replacement if replacement.bytes < task.bytes * _max_size_ratio(task, pixels, target) else None


def _target_size(task: Task, settings: Settings) -> Size:
    source = task.source
    sides = (source.width, source.height)
    if task.drawn is None or min(task.drawn.width, task.drawn.height) <= 0:
        return sides
    dpi = settings.dpi * 2 if source.bits == 1 else settings.dpi
    wanted = tuple(max(1, round(points / 72 * dpi)) for points in (task.drawn.width, task.drawn.height))
    if all(side <= want * _MIN_DOWNSAMPLING for side, want in zip(sides, wanted, strict=True)):
        return sides
    return min(sides[0], wanted[0]), min(sides[1], wanted[1])


def _reduce_components(pixels: Pixels, settings: Settings) -> Pixels:
    picture = pixels.picture
    if picture.mode == "CMYK" and (pixels.profile and settings.is_for_screens or settings.grayscale):
        pixels = Pixels(_cmyk_to_rgb(picture, pixels.profile), Name.DeviceRGB, pixels.is_lossy)
        picture = pixels.picture
    if picture.mode == "RGB" and (settings.grayscale or _is_gray(picture, settings)):
        return Pixels(picture.convert("L"), Name.DeviceGray, pixels.is_lossy)
    return pixels


def _cmyk_to_rgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile is None:
        return picture.convert("RGB")
    try:
        return ImageCms.applyTransform(picture, cmyk_to_srgb_transform(profile)) or picture.convert("RGB")
    except ImageCms.PyCMSError:
        return picture.convert("RGB")


def _is_gray(picture: Image.Image, settings: Settings) -> bool:
    """Whether no area has a visible hue. Scanner noise does not count."""
    max_hue = _MAX_HUE if settings.is_for_screens else 0
    if settings.is_for_screens and min(picture.size) >= _TILE:
        picture = picture.reduce(_TILE)
    red, green, blue = picture.split()
    pairs = ((red, green), (green, blue), (blue, red))
    return all(ImageChops.difference(*pair).getextrema()[1] <= max_hue for pair in pairs)


def _screen_reference(picture: Image.Image, drawn: Placement | None, settings: Settings) -> Reference:
    """Returns the image at screen resolution, the reference for similarity."""
    size = picture.size
    if drawn is not None and min(drawn.width, drawn.height) > 0:
        dpi = min(72 * drawn.pixels_per_point, settings.dpi)
        shown = (max(1, round(points / 72 * dpi)) for points in (drawn.width, drawn.height))
        size = tuple(map(min, size, shown))
    return Reference(_gray(picture, size))


def _gray(picture: Image.Image, size: Size) -> Image.Image:
    return picture.convert("L").resize(size, Image.Resampling.BOX)


def _smallest_encoding(task: Task, pixels: Pixels, reference: Reference, settings: Settings) -> Encoded | None:
    """Returns the smallest encoding of an image at its final size."""
    picture = pixels.picture
    def looks_same(other: Image.Image) -> bool:
        return reference.similarity(_gray(other, reference.size)) >= settings.image_similarity

    if picture.mode == "L" and _is_black_and_white(picture):
        return bilevel(picture.convert("1", dither=Image.Dither.NONE))
    is_flat = picture.mode != "CMYK" and _flatness(picture) > (_MIN_FLATNESS_OF_LOSSY if pixels.is_lossy else _MIN_FLATNESS)
    is_small = picture.mode != "CMYK" and picture.width * picture.height < _SMALL_PIXELS
    min_quality = max(settings.jpeg, _MIN_SOFT_MASK_QUALITY) if task.is_soft_mask else settings.jpeg
    best = _lowest_jpeg(picture, min_quality, is_flat, looks_same)
    if is_flat or is_small:
        for write in _lossless_encodings(picture, is_flat, task.is_soft_mask):
            if best is None or len(write(is_draft=True).data) < len(best.data) * _MAX_DRAFT_RATIO:
                encoded = write()
                best = encoded if best is None or len(encoded.data) < len(best.data) else best
    return best


def _lowest_jpeg(
    picture: Image.Image, min_quality: int, is_flat: bool, looks_same: Callable[[Image.Image], bool]
) -> Encoded | None:
    """Encodes at the lowest quality with the same appearance; for most images the minimum."""
    # A color JPEG codes its luminance as a separate plane, like a gray one.
    light = picture.convert("L") if picture.mode == "RGB" else picture

    def is_enough(quality: int) -> bool:
        return looks_same(open_jpeg(jpeg(light, quality, is_draft=True).data))

    if is_enough(min_quality):
        return jpeg(picture, min_quality, is_flat)
    steps = range(min_quality + _JPEG_QUALITY_STEP, _MAX_JPEG_QUALITY, _JPEG_QUALITY_STEP)
    qualities = [*steps, max(min_quality, _MAX_JPEG_QUALITY)]
    enough = bisect_left(qualities, True, key=is_enough)
    return jpeg(picture, qualities[enough], is_flat) if enough < len(qualities) else None


def _lossless_encodings(picture: Image.Image, is_flat: bool, is_soft_mask: bool) -> Iterator[Callable[..., Encoded]]:
    """Yields lossless encodings of the image, or of one with fewer, indistinguishable colors."""
    if is_soft_mask:
        # A soft mask can't have a palette.
        pass
    elif picture.getcolors(256) is not None:
        yield partial(indexed, picture)
    elif is_flat:
        reduced = _reduce_colors(picture)
        if reduced is not None:
            yield partial(indexed, reduced)
    yield partial(lossless, picture)


def _reduce_colors(picture: Image.Image) -> Image.Image | None:
    fewest = None
    # Finding a palette takes longest. A sixteenth of the pixels shows whether none can match.
    sample = picture.resize((-(-picture.width // _TILE), -(-picture.height // _TILE)), Image.Resampling.NEAREST)
    if not _has_same_colors(sample, quantized(sample, max(_PALETTES))):
        return None
    for colors in _PALETTES:
        reduced = quantized(picture, colors)
        if not _has_same_colors(picture, reduced):
            break
        fewest = reduced
    return fewest


def _has_same_colors(picture: Image.Image, other: Image.Image) -> bool:
    tiles = [np.asarray(one.reduce(_TILE)).astype(np.int16) for one in (picture, other)]
    return int(np.abs(tiles[0] - tiles[1]).max()) <= _MAX_SHIFT


def _is_black_and_white(picture: Image.Image) -> bool:
    return all(value in (0, 255) for _, value in picture.getcolors(2) or [(0, 1)])


def _flatness(picture: Image.Image) -> float:
    """Returns the share of neighbors with the same value, which is high in drawings and screenshots."""
    values = np.asarray(picture)[::_TILE]
    if values.shape[1] < 2:
        return 1.0
    same = values[:, 1:] == values[:, :-1]
    return float((same if same.ndim == 2 else same.all(axis=2)).mean())


def _shrink_bilevel(task: Task, pixels: Pixels, target: Size, settings: Settings) -> Replacement | None:
    picture = pixels.picture
    if picture.size != target:
        gray = picture.convert("L")
        reduced = gray.resize(target, Image.Resampling.BOX)
        picture = reduced.point(lambda value: 255 * (value >= 128)).convert("1", dither=Image.Dither.NONE)
        reference = _screen_reference(gray, task.drawn, settings)
        if reference.similarity(_gray(picture, reference.size)) < settings.similarity:
            picture = pixels.picture
    encoded = bilevel(picture)
    return Replacement(encoded, picture.size, pixels.space, keeps_decode=True) if len(encoded.data) < task.bytes else None
