"""Our OCRmyPDF plugin: renders, turns and recognizes pages. OCRmyPDF does the rest."""

import re
from argparse import ArgumentParser, Namespace
from os import PathLike, link
from pathlib import Path

import page_raster
import page_work
import reader
from cpu_budget import limited
from leptonica import Alignment, measure_alignment
from ocrmypdf import PageContext, hookimpl
from ocrmypdf._exec import ghostscript as ghostscript_command
from ocrmypdf.builtin_plugins import ghostscript
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine
from ocrmypdf.helpers import Resolution
from ocrmypdf.pluginspec import OrientationConfidence
from page_executor import PageExecutor
from PIL import Image

HOCR_START = '<?xml version="1.0" encoding="UTF-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body>\n'
HOCR_END = "</body></html>\n"
BASELINE = re.compile(r"baseline (-?[\d.]+) -\d+")
# The slope below which OCRmyPDF treats a line as horizontal.
MAX_HORIZONTAL_SLOPE = 0.005

# OCRmyPDF renders without a limit.
_run = ghostscript_command.run
ghostscript_command.run = lambda args, **options: _run(limited(page_raster.SECONDS, args), **options)


@hookimpl
def add_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("pages")
    group.add_argument("--plain", action="store_true", help="draw and read pages as OCRmyPDF would by itself")
    group.add_argument("--straighten", action="store_true", help="straighten images for recognition only; finish_pdf straightens the pages")


@hookimpl
def get_executor(progressbar_class):
    return PageExecutor(pbar_class=progressbar_class)


def _is_read_as_shown(options: Namespace) -> bool:
    """Whether a page's image is recognized unchanged, apart from its orientation."""
    return not (options.plain or options.force_ocr or options.redo_ocr or options.clean)


@hookimpl
def rasterize_pdf_page(
    input_file, output_file, raster_device, raster_dpi, pageno, page_dpi, rotation, filter_vector, stop_on_soft_error
) -> Path | None:
    work, target = page_work.current(), Path(output_file)
    options = work.page.options
    # With force this image becomes the page, in color and at full size: Ghostscript renders it.
    if options.plain or options.force_ocr:
        share = page_raster.fitting(work, raster_dpi.to_scalar()) / raster_dpi.to_scalar()
        return ghostscript.rasterize_pdf_page(
            input_file=input_file,
            output_file=output_file,
            raster_device=raster_device,
            raster_dpi=_scaled(raster_dpi, share),
            pageno=pageno,
            page_dpi=_scaled(page_dpi, share),
            rotation=rotation,
            filter_vector=filter_vector,
            stop_on_soft_error=stop_on_soft_error,
        )
    is_preview = raster_device == "jpeggray"
    if work.upright and not rotation and not is_preview:
        link(work.upright[0], target)
        return target
    if not page_raster.draw(work, Path(input_file), target, raster_dpi.to_scalar()):
        return None
    if not is_preview:
        page_raster.turn(target, rotation or 0)
        if options.straighten:
            page_raster.straighten(work, target, measure_alignment(target), options.languages)
    return target


def _scaled(dpi: Resolution, share: float) -> Resolution:
    return Resolution(dpi.x * share, dpi.y * share)


class PictureOnDisk:
    """A file with the final image, which OCRmyPDF would otherwise encode again."""

    def __init__(self, image: Image.Image):
        self.info = image.info
        self._path = image.filename

    def save(self, target: PathLike, **_) -> None:
        link(self._path, target)


@hookimpl
def filter_ocr_image(page: PageContext, image: Image.Image):
    return PictureOnDisk(image) if _is_read_as_shown(page.options) else None


class PageReader(TesseractOcrEngine):
    @staticmethod
    def get_orientation(input_file: Path, options: Namespace) -> OrientationConfidence:
        if options.plain:
            return TesseractOcrEngine.get_orientation(input_file, options)
        picture, reading = Path(input_file), None
        alignment = measure_alignment(picture)
        if alignment.looks_upright and _is_read_as_shown(options):
            # Most pages are upright, and recognizing one is the best check.
            reading = _read_upright(picture, alignment, options)
            if reading and reading.is_upright:
                return OrientationConfidence(0, reader.MIN_CONFIDENCE)
        found = reader.find_orientation(picture, options.languages, reading)
        return OrientationConfidence(found.angle, found.confidence)

    @staticmethod
    def get_deskew(input_file: Path, options: Namespace) -> float:
        angle = None if options.plain else measure_alignment(Path(input_file)).skew
        return TesseractOcrEngine.get_deskew(input_file, options) if angle is None else angle

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Namespace) -> None:
        if options.plain:
            TesseractOcrEngine.generate_hocr(input_file, output_hocr, output_text, options)
            return
        work, picture = page_work.current(), Path(input_file)
        if work.upright and work.upright[0].samefile(picture):
            reading = work.upright[1]
        else:
            reading = _read(picture, options)
        work.outcome.gave_up = reading is None
        hocr = HOCR_START + reading.hocr + HOCR_END if reading else ""
        output_hocr.write_text(hocr if options.output_type == "none" else _with_full_height(hocr), encoding="utf-8")
        output_text.write_text(reading.text if reading else "", encoding="utf-8")


def _with_full_height(hocr: str) -> str:
    """Moves the boxes of horizontal lines to the baseline, so that their text in the PDF is as tall as the line.

    OCRmyPDF sizes text by its height above the baseline. Programs that extract text judge gaps between words and columns by that
    size, and split lines of small text.
    """
    return BASELINE.sub(lambda found: "baseline 0 0" if abs(float(found[1])) < MAX_HORIZONTAL_SLOPE else found[0], hocr)


def _read_upright(shown: Path, alignment: Alignment, options: Namespace) -> reader.Reading | None:
    work = page_work.current()
    picture = work.page.get_path("upright.tif")
    link(shown, picture)
    if options.straighten:
        page_raster.straighten(work, picture, alignment, options.languages)
    reading = _read(picture, options)
    work.upright = picture, reading
    return reading


def _read(picture: Path, options: Namespace) -> reader.Reading | None:
    page = page_work.current().page
    return reader.read(picture, options.languages, page.pageno + 1, options.tesseract_timeout)


READER = PageReader()


@hookimpl
def get_ocr_engine() -> PageReader:
    return READER
