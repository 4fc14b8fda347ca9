"""OCRmyPDF's plugin of ours: how a page is drawn, turned and read. What it does with the results is OCRmyPDF's own."""

from argparse import ArgumentParser, Namespace
from os import PathLike, fspath, link
from pathlib import Path

import page_raster
import page_work
import reader
from ocrmypdf import PageContext, hookimpl
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine
from ocrmypdf.pluginspec import OrientationConfidence
from page_executor import PageExecutor
from PIL import Image
from skew import find_skew

HOCR_START = '<?xml version="1.0" encoding="UTF-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body>\n'
HOCR_END = "</body></html>\n"


@hookimpl
def add_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("pages")
    group.add_argument("--plain", action="store_true", help="draw and read pages as OCRmyPDF would by itself")
    group.add_argument("--straighten", action="store_true", help="read pages straight, and leave them as they are")


@hookimpl
def get_executor(progressbar_class):
    return PageExecutor(pbar_class=progressbar_class)


@hookimpl
def rasterize_pdf_page(input_file, output_file, raster_device, raster_dpi, rotation) -> Path | None:
    work = page_work.current()
    options = work.page.options
    # With force the picture is what the person will see, in colour and at full size: Ghostscript draws that.
    if options.plain or options.force_ocr:
        return None
    if not page_raster.draw(work, Path(input_file), Path(output_file), raster_dpi.to_scalar()):
        return None
    is_preview = raster_device == "jpeggray"
    if not is_preview:
        page_raster.set_upright(work, Path(output_file), rotation or 0, options.straighten, options.languages)
    return output_file


class PictureOnDisk:
    """Stands for a picture that lies on disk as it shall be read, where OCRmyPDF would pack it anew."""

    def __init__(self, image: Image.Image):
        self.info = image.info
        self._path = image.filename

    def save(self, target: PathLike, **_) -> None:
        link(self._path, target)


@hookimpl
def filter_ocr_image(page: PageContext, image: Image.Image):
    # With redo, what is typed was just painted over in memory.
    return None if page.options.plain or page.options.redo_ocr or page.options.force_ocr else PictureOnDisk(image)


class PageReader(TesseractOcrEngine):
    @staticmethod
    def get_orientation(input_file: Path, options: Namespace) -> OrientationConfidence:
        if options.plain:
            return TesseractOcrEngine.get_orientation(input_file, options)
        found = reader.find_orientation(Path(input_file), options.languages)
        return OrientationConfidence(found.angle, found.confidence)

    @staticmethod
    def get_deskew(input_file: Path, options: Namespace) -> float:
        angle = None if options.plain else find_skew(Path(input_file))
        return TesseractOcrEngine.get_deskew(input_file, options) if angle is None else angle

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Namespace) -> None:
        if options.plain:
            TesseractOcrEngine.generate_hocr(input_file, output_hocr, output_text, options)
            return
        work = page_work.current()
        number = work.page.pageno + 1
        reading = reader.read(Path(fspath(input_file)), options.languages, number, options.tesseract_timeout)
        work.outcome.gave_up = reading is None
        output_hocr.write_text(HOCR_START + reading.hocr + HOCR_END if reading else "", encoding="utf-8")
        output_text.write_text(reading.text if reading else "", encoding="utf-8")


READER = PageReader()


@hookimpl
def get_ocr_engine() -> PageReader:
    return READER
