"""Recognizes the text of a PDF with OCRmyPDF and our plugin.

usage: python3 -s -E recognize.py SETTINGS
SETTINGS is JSON with the fields of Settings.

Prints a line of JSON for each page, {"done"}, and at the end {"pages", "recognized", "failed", "words", "confidence_sum" (of
all words), "is_pdfa", "signatures_removed"}; or {"error": NAME}, the name of OCRmyPDF's exception, and exits with its code. Any other
failure exits with 1.
"""

import json
import logging
import sys
from dataclasses import dataclass
from os import devnull
from pathlib import Path
from shutil import copyfile

import finish_pdf
import ocrmypdf
import page_executor
from cpu_budget import limited
from ocrmypdf._exec import ghostscript
from ocrmypdf.exceptions import ExitCode, ExitCodeException
from page_texts import Writer, own_text, word_confidences
from params import Params
from prepare_pdf import prepare

TEXT_KINDS = ("text", "hocr")
SECONDS_A_PAGE = 180
# CPU time of a conversion to PDF/A, by the size of the document.
PDFA_SECONDS, PDFA_SECONDS_PER_MIB = 60, 20
# A page number that no document has, so that none is recognized.
NO_PAGE = "1000000000"
# Tried in this order; the last one returns a PDF if no PDF/A can be made.
PDFA_ATTEMPTS = (
    {"output_type": "pdfa"},
    {"output_type": "pdfa", "color_conversion_strategy": "RGB"},
    {"output_type": "pdf"},
)


@dataclass(frozen=True)
class Settings:
    params: Params
    # Paths.
    input: str
    output: str
    # Pages processed at a time.
    jobs: int
    # Leaves rendering and recognition to OCRmyPDF.
    plain: bool


def emit(**event) -> None:
    print(json.dumps(event), flush=True)


class Record:
    """Counts pages and words as pages are done, and writes the text of each page if text is the output."""

    def __init__(self, writer: Writer | None, is_hocr: bool):
        self.pages = self.done = self.recognized = self.words = self.confidence_sum = 0
        self.failed: list[int] = []
        self.signatures_removed = False
        self.angles: dict[int, float] = {}
        self._writer = writer
        self._is_hocr = is_hocr

    def page_processed(self) -> None:
        self.done += 1
        emit(done=self.done)

    def page(self, page, result, outcome) -> None:
        self.pages += 1
        is_read = outcome is not None and not outcome.gave_up and result.text is not None
        hocr = page.get_path("ocr_hocr.hocr")
        if is_read:
            confidences = word_confidences(hocr)
            self.recognized += 1
            self.angles[page.pageno] = outcome.angle
            self.words += len(confidences)
            self.confidence_sum += sum(confidences)
        elif outcome is None or outcome.gave_up:
            self.failed.append(page.pageno + 1)
        if self._writer:
            self._writer.page(page.pageno, (hocr if self._is_hocr else result.text) if is_read else None)


def is_wanted(pages: str | None, index: int) -> bool:
    ranges = (part.partition("-")[::2] for part in pages.split(",")) if pages else ()
    return not pages or any(int(first) <= index + 1 <= int(last or first) for first, last in ranges)


def recognize(settings: Settings, target: str, record: Record) -> None:
    page_executor.observer = record
    is_forced = settings.params.mode == "force"
    source, record.signatures_removed = prepare(
        Path(settings.input),
        Path(settings.output).with_name("prepared.pdf"),
        lambda index: settings.params.mode == "redo" and is_wanted(settings.params.pages, index),
        "keep" if settings.params.output in TEXT_KINDS else settings.params.signed,
    )
    ocrmypdf.ocr(
        source,
        target,
        plugins=["page_plugin"],
        plain=settings.plain,
        straighten=settings.params.deskew and not is_forced and not settings.plain,
        deskew=settings.params.deskew and (is_forced or settings.plain),
        language=settings.params.languages,
        output_type="none" if target == devnull else "pdf",
        # Tesseract's own PDF is better at scripts from right to left, but has no hOCR.
        pdf_renderer="hocr" if target == devnull else "auto",
        skip_text=settings.params.mode == "skip",
        redo_ocr=settings.params.mode == "redo",
        force_ocr=is_forced,
        rotate_pages=settings.params.rotate_pages,
        clean=settings.params.clean,
        pages=settings.params.pages,
        # convert_to_pdfa optimizes a PDF/A. The fallback (`plain`) leaves out every step that may fail and is not necessary.
        optimize=0 if settings.params.output == "pdfa" or settings.plain else settings.params.optimize,
        jobs=settings.jobs,
        max_image_mpixels=0,
        tesseract_timeout=SECONDS_A_PAGE,
        fast_web_view=1_000_000,
        continue_on_soft_render_error=True,
        # `prepare` has rejected or removed signatures; for text output they don't matter.
        invalidate_digital_signatures=True,
        progress_bar=False,
    )


def convert_to_pdfa(settings: Settings, source: Path, target: Path) -> bool:
    """Returns whether the target became PDF/A. The target is a PDF in any case."""
    page_executor.observer = Record(None, False)
    page_executor.observer.page_processed = lambda: None
    seconds = PDFA_SECONDS + PDFA_SECONDS_PER_MIB * source.stat().st_size / 2**20
    run = ghostscript.run_polling_stderr
    ghostscript.run_polling_stderr = lambda args, **options: run(limited(seconds, args), **options)
    common = {"skip_text": True, "pages": NO_PAGE, "optimize": settings.params.optimize, "jobs": settings.jobs}
    for attempt in PDFA_ATTEMPTS:
        try:
            code = ocrmypdf.ocr(source, target, plugins=["page_plugin"], progress_bar=False, **common, **attempt)
        except Exception as error:  # only the conversion failed: the regular PDF exists
            logging.error("no %s: %s", attempt["output_type"], error)
            continue
        if code == ExitCode.ok and attempt["output_type"] == "pdfa":
            return True
        if code == ExitCode.ok:
            return False
    copyfile(source, target)
    return False


def make_pdf(settings: Settings) -> tuple[Record, bool]:
    output, record = Path(settings.output), Record(None, False)
    made, straight = output.with_name("made.pdf"), output.with_name("straight.pdf")
    origin = finish_pdf.origin_of(Path(settings.input))
    recognize(settings, str(made), record)
    is_pdfa = False
    if settings.params.output == "pdfa":
        finish_pdf.finish(made, straight, record.angles, origin)
        is_pdfa = convert_to_pdfa(settings, straight, made)
        record.angles = {}
    finish_pdf.finish(made, output, record.angles, origin)
    return record, is_pdfa


def make_text(settings: Settings) -> Record:
    output, kind = Path(settings.output), settings.params.output
    if settings.params.mode == "redo":
        # Text that a page already had was not recognized again: only the PDF has all of the text.
        made = output.with_name("made.pdf")
        record = Record(None, False)
        recognize(settings, str(made), record)
        writer = Writer(output, own_text(made, kind), kind)
        for index in range(record.pages):
            writer.page(index, None)
    else:
        writer = Writer(output, own_text(Path(settings.input), kind), kind)
        record = Record(writer, kind == "hocr")
        recognize(settings, devnull, record)
    writer.close()
    return record


def main(settings: Settings) -> None:
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr, format="%(message)s")
    try:
        record, is_pdfa = (make_text(settings), False) if settings.params.output in TEXT_KINDS else make_pdf(settings)
    except ExitCodeException as error:
        logging.error("%s", error)
        emit(error=type(error).__name__)
        sys.exit(error.exit_code)
    emit(
        pages=record.pages,
        recognized=record.recognized,
        failed=record.failed[:1000],
        words=record.words,
        confidence_sum=record.confidence_sum,
        is_pdfa=is_pdfa,
        signatures_removed=record.signatures_removed,
    )


if __name__ == "__main__":
    settings = json.loads(sys.argv[1])
    main(Settings(**{**settings, "params": Params(**settings["params"])}))
