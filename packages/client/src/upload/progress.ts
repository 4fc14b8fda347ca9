import type { UploadProgress } from './upload-options.ts';

/** Adds up what the requests of one upload have sent. */
export interface ProgressMeter {
	/** @param request a number of its own for each request, such as its part's */
	set(request: number, sentBytes: number): void;
	/** All is there, whoever has sent it. */
	finish(): void;
}

export function createProgressMeter(
	totalBytes: number,
	onProgress: ((progress: UploadProgress) => void) | undefined,
): ProgressMeter {
	const sentByRequest = new Map<number, number>();
	let sentBytes = 0;
	const tell = (bytes: number) => {
		if (bytes === sentBytes) return;
		sentBytes = bytes;
		onProgress?.({ sentBytes, totalBytes });
	};
	return {
		set(request, bytes) {
			const before = sentByRequest.get(request) ?? 0;
			sentByRequest.set(request, bytes);
			tell(sentBytes + bytes - before);
		},
		finish: () => tell(totalBytes),
	};
}
