"""Converts an image to a PDF, with a page for each frame of a TIFF, without making it larger or worse than needed.

usage: python3 -I image_to_pdf.py SOURCE TARGET WORK_DIRECTORY MAX_PIXELS [DPI]
Prints {"pages"}. Without DPI it uses the image's resolution if that is plausible; otherwise the longer side becomes that of an A4
page. Exits 10 for a truncated image, 11 for one with too many pixels.
"""

import json
import sys
from pathlib import Path

import img2pdf
from PIL import ExifTags, Image, ImageOps, ImageSequence

UNREADABLE, TOO_LARGE = 10, 11
# EXIF orientations 2, 4, 5 and 7 are mirrored.
UPRIGHT, TURNED, SIDEWAYS = 1, (3, 6, 8), (5, 6, 7, 8)
Resolution = tuple[float, float]

# Programs write resolutions of up to 96 into images that were never measured.
MIN_CREDIBLE_DPI, MAX_CREDIBLE_DPI = 97, 2400
A4_LONG_SIDE_INCHES = 11.69
MIN_USUAL_DPI, MAX_USUAL_DPI = 72, 600
# Limits of a PDF page's side.
MIN_INCHES, MAX_INCHES = 3.1 / 72, 199
# JPEG quality for frames that were lossily compressed.
PHOTO = {"format": "JPEG", "quality": 90}
BLACK_AND_WHITE = {(0, 0, 0), (255, 255, 255)}
Image.MAX_IMAGE_PIXELS = None


def flattened(frame: Image.Image) -> Image.Image:
    """Converts to black and white, gray, RGB or a palette, without transparency."""
    if frame.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in frame.info:
        rgba = frame.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    if frame.mode.startswith(("I", "F")):
        low, high = frame.getextrema()
        scale = 255 / (high - low) if high > low else 0
        return frame.convert("F").point(lambda value: value * scale - low * scale).convert("L")
    if frame.mode == "P" and {color for _, color in frame.convert("RGB").getcolors(2) or [(0, None)]} <= BLACK_AND_WHITE:
        return frame.convert("1", dither=Image.Dither.NONE)
    return frame if frame.mode in ("1", "L", "RGB", "P") else frame.convert("RGB")


def resolution(frame: Image.Image, wanted: float | None) -> Resolution:
    stated = tuple(float(value) for value in frame.info.get("dpi", ()))
    if wanted:
        dpi = (wanted, wanted)
    elif len(stated) == 2 and all(MIN_CREDIBLE_DPI <= value <= MAX_CREDIBLE_DPI for value in stated):
        dpi = stated
    else:
        guess = min(MAX_USUAL_DPI, max(MIN_USUAL_DPI, round(max(frame.size) / A4_LONG_SIDE_INCHES)))
        dpi = (guess, guess)
    return tuple(
        min(max(value, side / MAX_INCHES), side / MIN_INCHES) for value, side in zip(dpi, frame.size)
    )


def is_lossy(image: Image.Image) -> bool:
    if image.format == "WEBP":
        # Lossless WebP has this chunk, which follows others in the extended format.
        with open(image.filename, "rb") as file:
            return b"VP8L" not in file.read(64)
    return image.format in ("JPEG", "MPO") or image.info.get("compression") in ("jpeg", "tiff_jpeg")


def frames_of(image: Image.Image):
    # Further frames of other formats are an animation or a camera's preview, not pages.
    return ImageSequence.Iterator(image) if image.format == "TIFF" else [image]


def orientation(frame: Image.Image) -> int:
    return frame.getexif().get(ExifTags.Base.Orientation, UPRIGHT)


def can_be_embedded(image: Image.Image) -> bool:
    # img2pdf embeds the compressed bytes of such an image and rotates the page by EXIF, but can't mirror it.
    is_plain = image.mode in ("L", "RGB") and "transparency" not in image.info
    return image.format in ("JPEG", "PNG") and is_plain and orientation(image) in (UPRIGHT, *TURNED)


def save(frame: Image.Image, stem: Path) -> Path:
    lossy = is_lossy(frame)
    plain = flattened(ImageOps.exif_transpose(frame))
    if plain.mode == "1":
        path, options = stem.with_suffix(".tif"), {"format": "TIFF", "compression": "group4"}
    elif lossy:
        path, options = stem.with_suffix(".jpg"), PHOTO
        plain = plain.convert("RGB") if plain.mode == "P" else plain
    else:
        path, options = stem.with_suffix(".png"), {"format": "PNG"}
    plain.save(path, **options)
    return path


def pages_of(
    image: Image.Image, work: Path, dpi: float | None, max_pixels: int, encode_again: bool
) -> list[tuple[Path, Resolution]]:
    pages = []
    for index, frame in enumerate(frames_of(image)):
        if frame.width * frame.height > max_pixels:
            sys.exit(TOO_LARGE)
        frame.load()
        x, y = resolution(frame, dpi)
        is_sideways = orientation(frame) in SIDEWAYS
        if can_be_embedded(image) and not encode_again:
            # img2pdf rotates the page, and thus swaps its sides.
            pages.append((Path(image.filename), (x, y)))
        else:
            pages.append((save(frame, work / f"page-{index:06d}"), (y, x) if is_sideways else (x, y)))
    return pages


def write_pdf(pages: list[tuple[Path, Resolution]], target: Path) -> None:
    resolutions = iter(dpi for _, dpi in pages)

    def layout(width: int, height: int, _):
        x, y = next(resolutions)
        size = (width * 72 / x, height * 72 / y)
        return (*size, *size)

    with open(target, "wb") as stream:
        img2pdf.convert(
            [str(path) for path, _ in pages],
            outputstream=stream,
            layout_fun=layout,
            rotation=img2pdf.Rotation.ifvalid,
            engine=img2pdf.Engine.pikepdf,
            nodate=True,
        )


def main(source: str, target: str, work: str, max_pixels: str, dpi: str | None = None) -> None:
    def convert(encode_again: bool) -> int:
        with Image.open(source) as image:
            pages = pages_of(image, Path(work), float(dpi) if dpi else None, int(max_pixels), encode_again)
        write_pdf(pages, Path(target))
        return len(pages)

    try:
        try:
            pages = convert(encode_again=False)
        except MemoryError:
            raise
        except Exception:  # img2pdf raises various exceptions for unusual or trailing bytes
            pages = convert(encode_again=True)
    except MemoryError:
        raise
    except Exception as error:  # Pillow raises various exceptions for damaged data
        print(error, file=sys.stderr)
        sys.exit(UNREADABLE)
    print(json.dumps({"pages": pages}))


main(*sys.argv[1:])
