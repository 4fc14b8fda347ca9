import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { openPreview, type PreviewDocument } from './preview-document.ts';

/** A file to preview. */
export interface PreviewSource {
	/** Differs for different bytes. */
	key: string;
	mimeType: string;
	load(): Promise<Blob>;
}

type Preview = { document: PreviewDocument | undefined; isFailed: boolean };

/** Opens a file for the time that it is shown. */
export function usePreview({ key, mimeType, load }: PreviewSource): Preview {
	const { data: file, isError } = useQuery({
		queryKey: ['preview-file', key],
		queryFn: load,
		staleTime: Number.POSITIVE_INFINITY,
		retry: false,
	});
	const [preview, setPreview] = useState<Preview>({ document: undefined, isFailed: false });
	useEffect(() => {
		if (!file) return;
		let isCurrent = true;
		const opening = openPreview(file, mimeType);
		opening.then(
			(document) => isCurrent && setPreview({ document, isFailed: false }),
			() => isCurrent && setPreview({ document: undefined, isFailed: true }),
		);
		return () => {
			isCurrent = false;
			opening.then(
				(document) => document.close(),
				() => undefined,
			);
		};
	}, [file, mimeType]);
	return isError ? { document: undefined, isFailed: true } : preview;
}

/** In pixels: twice the shown width. */
const WIDTH = 900;

/** Renders a page at a zoom of 1 or more. Returns the previous one until it is ready, each with its number. */
export function usePageImage(
	{ key }: PreviewSource,
	document: PreviewDocument | undefined,
	{ page, zoom }: { page: number; zoom: number },
) {
	return useQuery({
		queryKey: ['preview-page', key, page, zoom],
		queryFn: async () => (document ? { page, url: await document.render(page, WIDTH * zoom) } : null),
		enabled: document !== undefined && page <= document.pageCount,
		placeholderData: keepPreviousData,
		staleTime: Number.POSITIVE_INFINITY,
		gcTime: 60_000,
		retry: false,
	});
}
