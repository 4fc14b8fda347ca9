import type { FileRow } from '@creatorr/client';
import { api } from '../../../../api/client.ts';
import { typeOf } from '../../../../files/media-types.ts';
import { works } from '../../../../works/the-works.ts';
import type { Work } from '../../../../works/work.ts';
import { canShow } from './can-compare.ts';
import styles from './comparison.module.css';
import { FirstPage } from './first-page.tsx';

/** The first page of what was dropped, and of what came out. */
export function Comparison({ work, output }: { work: Work; output: FileRow }) {
	const { source } = work;
	const mimeType = typeOf({ ...source, type: source.mimeType }) ?? source.mimeType;
	const isShown = canShow({ mime_type: mimeType, size_bytes: source.sizeBytes });
	return (
		<div className={styles.pages}>
			<FirstPage
				title="Before"
				name={source.name}
				mimeType={isShown ? mimeType : undefined}
				cacheKey={source.id}
				load={() => originalOf(work)}
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

/** From this device, or where it is no longer here, from the store. */
async function originalOf({ source, upload }: Work): Promise<Blob> {
	const here = await works.file(source);
	if (here) return here;
	return await (await api.files.download(upload?.fileId ?? '')).blob();
}
