import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy, VerbosityLevel, version } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

/** A document whose pages can be shown. */
export interface PreviewDocument {
	pageCount: number;
	/** Renders a page, the first being 1, with this width in pixels. Returns a data URL, which needs no revocation. */
	render(page: number, width: number): Promise<string>;
	/** Returns the text of all pages; empty if there is none. */
	text(): Promise<string>;
	close(): Promise<void>;
}

export async function openPreview(file: Blob, mimeType: string): Promise<PreviewDocument> {
	return mimeType === 'application/pdf' ? await openPdf(file) : openImage(file, mimeType);
}

function openImage(file: Blob, mimeType: string): PreviewDocument {
	const url = new Promise<string>((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(String(reader.result));
		reader.onerror = () => reject(reader.error);
		// with the declared type: a file of another type is not shown
		reader.readAsDataURL(file.slice(0, file.size, mimeType));
	});
	return { pageCount: 1, render: () => url, text: async () => '', close: async () => undefined };
}

GlobalWorkerOptions.workerSrc = workerUrl;

/** Opens a PDF without running its scripts or loading its resources. */
async function openPdf(file: Blob): Promise<PreviewDocument> {
	const loading = getDocument({
		data: new Uint8Array(await file.arrayBuffer()),
		// the content security policy forbids wasm
		useWasm: false,
		wasmUrl: `/assets/pdfjs-${version}/`,
		enableXfa: false,
		verbosity: VerbosityLevel.ERRORS,
	});
	try {
		const pdf = await loading.promise;
		return {
			pageCount: pdf.numPages,
			render: (page, width) => renderPage(pdf, page, width),
			text: () => textOf(pdf),
			close: () => loading.destroy(),
		};
	} catch (error) {
		await loading.destroy();
		throw error;
	}
}

/** Some browsers draw nothing on a larger canvas. */
const MAX_CANVAS_PIXELS = 16_000_000;

async function renderPage(pdf: PDFDocumentProxy, number: number, width: number): Promise<string> {
	const page = await pdf.getPage(number);
	const full = page.getViewport({ scale: 1 });
	const largest = Math.sqrt(MAX_CANVAS_PIXELS / (full.width * full.height));
	const viewport = page.getViewport({ scale: Math.min(width / full.width, largest) });
	const canvas = document.createElement('canvas');
	canvas.width = viewport.width;
	canvas.height = viewport.height;
	await page.render({ canvas, viewport }).promise;
	page.cleanup();
	return canvas.toDataURL('image/png');
}

async function textOf(pdf: PDFDocumentProxy): Promise<string> {
	const pages: string[] = [];
	for (let number = 1; number <= pdf.numPages; number += 1) {
		const { items } = await (await pdf.getPage(number)).getTextContent();
		const words = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : ''));
		pages.push(words.join('').trim());
	}
	return pages.join('\n\n').trim();
}
