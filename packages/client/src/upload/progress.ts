import type { UploadProgress } from './upload-options.ts';

/** Sums the bytes that the requests of one upload have sent. */
export interface ProgressMeter {
	/** @param request a unique number for each request, such as its part number */
	set(request: number, sentBytes: number): void;
	/** Reports the upload as complete, no matter which call sent its bytes. */
	finish(): void;
}

export function createProgressMeter(
	totalBytes: number,
	onProgress: ((progress: UploadProgress) => void) | undefined,
): ProgressMeter {
	const sentByRequest = new Map<number, number>();
	let sentBytes = 0;
	const notify = (bytes: number) => {
		if (bytes === sentBytes) return;
		sentBytes = bytes;
		onProgress?.({ sentBytes, totalBytes });
	};
	return {
		set(request, bytes) {
			const before = sentByRequest.get(request) ?? 0;
			sentByRequest.set(request, bytes);
			notify(sentBytes + bytes - before);
		},
		finish: () => notify(totalBytes),
	};
}
