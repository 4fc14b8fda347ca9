import { useQuery } from '@tanstack/react-query';
import { FileText } from 'lucide-react';
import { Spinner } from '../../../../ui/spinner.tsx';
import styles from './comparison.module.css';
import { pictureOf } from './picture.ts';

/** The first page of a document as a picture, or a sign in its place where there is none. */
export function FirstPage({
	title,
	name,
	mimeType,
	cacheKey,
	load,
}: {
	title: string;
	/** Of the document, which stands for a picture of it. */
	name: string;
	/** Undefined where nothing can be shown. */
	mimeType: string | undefined;
	cacheKey: string;
	load: () => Promise<Blob>;
}) {
	const { data: picture, isLoading } = useQuery({
		queryKey: ['first-page', cacheKey],
		queryFn: async () => pictureOf(await load(), mimeType ?? ''),
		enabled: mimeType !== undefined,
		staleTime: Number.POSITIVE_INFINITY,
		retry: false,
	});
	return (
		<figure className={styles.page}>
			<figcaption>{title}</figcaption>
			{isLoading && <Spinner label={`Loading the page ${title.toLowerCase()}`} />}
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
