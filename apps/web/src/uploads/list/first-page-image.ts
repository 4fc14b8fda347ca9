import { GlobalWorkerOptions, getDocument, VerbosityLevel, version } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

/** Returns the first page as a data URL, which needs no revocation. */
export async function firstPageImage(file: Blob, mimeType: string): Promise<string> {
	if (mimeType === 'application/pdf') return firstPageOfPdf(file);
	return await new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(String(reader.result));
		reader.onerror = () => reject(reader.error);
		// with the declared type: a file of another type is not shown
		reader.readAsDataURL(file.slice(0, file.size, mimeType));
	});
}

GlobalWorkerOptions.workerSrc = workerUrl;

/** In pixels: twice the shown width. */
const WIDTH = 900;

/** Renders the first page of a PDF without running its scripts or loading its resources. */
async function firstPageOfPdf(file: Blob): Promise<string> {
	const loading = getDocument({
		data: new Uint8Array(await file.arrayBuffer()),
		// the content security policy forbids wasm
		useWasm: false,
		wasmUrl: `/assets/pdfjs-${version}/`,
		enableXfa: false,
		verbosity: VerbosityLevel.ERRORS,
	});
	try {
		const page = await (await loading.promise).getPage(1);
		const { width } = page.getViewport({ scale: 1 });
		const viewport = page.getViewport({ scale: WIDTH / width });
		const canvas = document.createElement('canvas');
		canvas.width = viewport.width;
		canvas.height = viewport.height;
		await page.render({ canvas, viewport }).promise;
		return canvas.toDataURL('image/png');
	} finally {
		await loading.destroy();
	}
}
