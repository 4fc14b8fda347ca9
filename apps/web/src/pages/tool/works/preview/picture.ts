import { firstPageOf } from './pdf-page.ts';

/** A picture as a URL of data, which needs no care as one of a blob does. */
export async function pictureOf(file: Blob, mimeType: string): Promise<string> {
	if (mimeType === 'application/pdf') return firstPageOf(file);
	return await new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(String(reader.result));
		reader.onerror = () => reject(reader.error);
		// as what it was declared: a file that is something else is no picture
		reader.readAsDataURL(file.slice(0, file.size, mimeType));
	});
}
