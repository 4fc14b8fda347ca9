import type { FileRow } from '@creatorr/client';
import { FileText } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { canPreview, typeOf } from '../../file-drop/media-types.ts';
import { Spinner } from '../../ui/spinner.tsx';
import type { Upload } from '../upload.ts';
import { uploads } from '../uploads.ts';
import styles from './comparison.module.css';
import type { PreviewDocument } from './preview-document.ts';
import { PreviewToolbar, type View } from './preview-toolbar.tsx';
import { type PreviewSource, usePageImage, usePreview } from './use-preview.ts';

/** Shows pages of the output, beside those of the original if a browser can show it. */
export function Comparison({ upload, output }: { upload: Upload; output: FileRow }) {
	const original = originalSource(upload);
	const [view, setView] = useState<View>({ page: 1, zoom: 1 });
	const after = {
		key: output.id,
		mimeType: output.mime_type,
		load: async () => await (await api.files.download(output.id)).blob(),
	};
	const preview = usePreview(after);
	return (
		<div className={styles.comparison}>
			{preview.document && (
				<PreviewToolbar
					document={preview.document}
					isPdf={output.mime_type === 'application/pdf'}
					view={view}
					onView={setView}
				/>
			)}
			<div className={styles.pages} data-single={original === undefined || undefined}>
				{original && <Original source={original} name={upload.source.name} view={view} />}
				<Page
					title={original ? 'After' : 'Result'}
					name={output.name}
					source={after}
					{...preview}
					view={view}
				/>
			</div>
		</div>
	);
}

/** Returns how to load the original: from this device, else from the store. Undefined for a type that isn't shown. */
function originalSource({ source, remoteFile }: Upload): PreviewSource | undefined {
	const mimeType = typeOf({ ...source, type: source.mimeType }) ?? source.mimeType;
	if (!canPreview({ mime_type: mimeType, size_bytes: source.sizeBytes })) return undefined;
	const load = async () => {
		const local = await uploads.fileOf(source);
		return local ?? (await (await api.files.download(remoteFile?.fileId ?? '')).blob());
	};
	return { key: source.id, mimeType, load };
}

function Original({ source, name, view }: { source: PreviewSource; name: string; view: View }) {
	return <Page title="Before" name={name} source={source} {...usePreview(source)} view={view} />;
}

/** A page of a document as an image, or its name where there is none. */
function Page({
	title,
	name,
	source,
	document,
	isFailed,
	view,
}: {
	title: string;
	name: string;
	source: PreviewSource;
	document: PreviewDocument | undefined;
	isFailed: boolean;
	view: View;
}) {
	const { data: image, isError } = usePageImage(source, document, view);
	const hasNone = isFailed || isError || (document !== undefined && view.page > document.pageCount);
	const label = `Page ${image?.page ?? view.page}, ${title.toLowerCase()}`;
	return (
		<figure className={styles.page}>
			<figcaption>{title}</figcaption>
			{hasNone ? (
				<p className={styles.none}>
					<FileText size={40} strokeWidth={1.25} aria-hidden="true" />
					<strong className={styles.name}>{name}</strong>
					{isFailed || isError ? 'No preview available' : `No page ${view.page}`}
				</p>
			) : image ? (
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a zoomed page scrolls, also by the keyboard
				<section className={styles.window} aria-label={label} tabIndex={0}>
					<img src={image.url} alt={label} data-zoom={view.zoom} />
				</section>
			) : (
				<Spinner label={`Loading preview, ${title.toLowerCase()}`} />
			)}
		</figure>
	);
}
