import type { Locator } from 'playwright-core';
import type { Document } from './documents.ts';

/** Drops files onto an element, as from a file manager. */
export async function dropFiles(target: Locator, documents: readonly Document[]): Promise<void> {
	const files = documents.map(({ name, mimeType, buffer }) => ({
		name,
		mimeType,
		base64: buffer.toString('base64'),
	}));
	await target.evaluate((element, given) => {
		const dataTransfer = new DataTransfer();
		for (const { name, mimeType, base64 } of given) {
			const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
			dataTransfer.items.add(new File([bytes], name, { type: mimeType }));
		}
		for (const kind of ['dragenter', 'dragover', 'drop']) {
			element.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
		}
	}, files);
}
