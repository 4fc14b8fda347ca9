import type { FileRow } from '@creatorr/client';
import { useQuery } from '@tanstack/react-query';
import { FileText } from 'lucide-react';
import { api } from '../../api/client.ts';
import { canPreview, typeOf } from '../../file-drop/media-types.ts';
import { Spinner } from '../../ui/spinner.tsx';
import type { Upload } from '../upload.ts';
import { uploads } from '../uploads.ts';
import styles from './comparison.module.css';
import { firstPageImage } from './first-page-image.ts';

/** Shows the first pages of the original and the output. */
export function Comparison({ upload, output }: { upload: Upload; output: FileRow }) {
	const { source } = upload;
	const mimeType = typeOf({ ...source, type: source.mimeType }) ?? source.mimeType;
	const isShown = canPreview({ mime_type: mimeType, size_bytes: source.sizeBytes });
	return (
		<div className={styles.pages}>
			<FirstPage
				title="Before"
				name={source.name}
				mimeType={isShown ? mimeType : undefined}
				cacheKey={source.id}
				load={() => originalOf(upload)}
			/>
			<FirstPage
				title="After"
				name={output.name}
				mimeType={output.mime_type}
				cacheKey={output.id}
				load={async () => await (await api.files.download(output.id)).blob()}
			/>
		</div>
	);
}

/** Returns the original from this device, else from the store. */
async function originalOf({ source, remoteFile }: Upload): Promise<Blob> {
	const local = await uploads.fileOf(source);
	if (local) return local;
	return await (await api.files.download(remoteFile?.fileId ?? '')).blob();
}

/** The first page of a document as an image, or an icon. */
function FirstPage({
	title,
	name,
	mimeType,
	cacheKey,
	load,
}: {
	title: string;
	/** The document's name, shown when there is no preview. */
	name: string;
	/** Undefined when there is no preview. */
	mimeType: string | undefined;
	cacheKey: string;
	load: () => Promise<Blob>;
}) {
	const { data: picture, isLoading } = useQuery({
		queryKey: ['first-page', cacheKey],
		queryFn: async () => firstPageImage(await load(), mimeType ?? ''),
		enabled: mimeType !== undefined,
		staleTime: Number.POSITIVE_INFINITY,
		retry: false,
	});
	return (
		<figure className={styles.page}>
			<figcaption>{title}</figcaption>
			{isLoading && <Spinner label={`Loading preview, ${title.toLowerCase()}`} />}
			{picture && <img src={picture} alt={`First page, ${title.toLowerCase()}`} />}
			{!picture && !isLoading && (
				<p className={styles.none}>
					<FileText size={40} strokeWidth={1.25} aria-hidden="true" />
					<strong className={styles.name}>{name}</strong>
					No preview available
				</p>
			)}
		</figure>
	);
}
