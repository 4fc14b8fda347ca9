import { GlobalWorkerOptions, getDocument, VerbosityLevel, version } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

GlobalWorkerOptions.workerSrc = workerUrl;

/** In pixels of the picture: twice as many as it is shown with. */
const WIDTH = 900;

/** The first page of a PDF, drawn without running or fetching anything that is in it. */
export async function firstPageOf(file: Blob): Promise<string> {
	const loading = getDocument({
		data: new Uint8Array(await file.arrayBuffer()),
		// the page's policy lets no wasm be compiled
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
