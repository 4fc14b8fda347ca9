"""Makes of an image one that OCRmyPDF takes. Pillow is what OCRmyPDF itself reads images with.

usage: prepare_image.py SOURCE TARGET MAX_PIXELS
Prints {"isConverted", "frames", "dpi"}; TARGET is written only where the source will not do: transparency, CMYK, palettes,
more than 8 bits, WebP. Exits 10 for an image that can't be read to its end, 11 for one with too many pixels.
"""
import json
import sys

from PIL import Image, ImageOps, ImageSequence
from PIL.TiffImagePlugin import AppendingTiffWriter

UNREADABLE, TOO_LARGE = 10, 11
TAKEN_AS_IT_IS = ("1", "L", "RGB")
PHOTO_FORMATS = ("JPEG", "MPO", "WEBP")
# OCRmyPDF does not believe a resolution up to 96: programs write it into images that were never measured.
LEAST_CREDIBLE_DPI, MOST_CREDIBLE_DPI = 97, 2400
A4_LONG_SIDE_INCHES = 11.69
Image.MAX_IMAGE_PIXELS = None


def flattened(frame):
    if frame.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in frame.info:
        rgba = frame.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    if frame.mode.startswith(("I", "F")):
        low, high = frame.getextrema()
        scale = 255 / (high - low) if high > low else 0
        return frame.convert("F").point(lambda value: value * scale - low * scale).convert("L")
    return frame if frame.mode in TAKEN_AS_IT_IS else frame.convert("RGB")


def credible_dpi(image):
    stated = [float(value) for value in image.info.get("dpi", ())]
    if stated and all(LEAST_CREDIBLE_DPI <= value <= MOST_CREDIBLE_DPI for value in stated):
        return round(max(stated))
    # As if the longer side were that of an A4 page.
    return min(600, max(72, round(max(image.size) / A4_LONG_SIDE_INCHES)))


def needs_conversion(frame):
    return frame.format == "WEBP" or frame.mode not in TAKEN_AS_IT_IS or "transparency" in frame.info


def frames_of(image):
    # Further frames of the other formats are an animation or a camera's preview, not pages.
    return ImageSequence.Iterator(image) if image.format == "TIFF" else [image]


def inspect(image, max_pixels):
    frames, convert = 0, False
    for frame in frames_of(image):
        if frame.width * frame.height > max_pixels:
            sys.exit(TOO_LARGE)
        frame.load()
        frames, convert = frames + 1, convert or needs_conversion(frame)
    return frames, convert


def convert(image, target, dpi):
    if image.format in PHOTO_FORMATS:
        flattened(ImageOps.exif_transpose(image)).save(target, "JPEG", quality=95, subsampling=0, dpi=(dpi, dpi))
        return
    with AppendingTiffWriter(target, new=True) as writer:
        for frame in frames_of(image):
            flattened(frame).save(writer, "TIFF", compression="tiff_deflate", dpi=(dpi, dpi))
            writer.newFrame()


def main(source, target, max_pixels):
    try:
        with Image.open(source) as image:
            dpi = credible_dpi(image)
            frames, is_converted = inspect(image, int(max_pixels))
        if is_converted:
            with Image.open(source) as image:
                convert(image, target, dpi)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        print(error, file=sys.stderr)
        sys.exit(UNREADABLE)
    print(json.dumps({"isConverted": is_converted, "frames": frames, "dpi": dpi}))


main(*sys.argv[1:])
