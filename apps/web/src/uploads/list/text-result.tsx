import type { FileRow } from '@creatorr/client';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { ProblemNotice } from '../../api/problem-notice.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import styles from './text-result.module.css';

/** A result that is text, with a button to copy it. */
export function TextResult({ output }: { output: FileRow }) {
	const { data, error, refetch } = useQuery({
		queryKey: ['result-text', output.id],
		queryFn: async () => await (await (await api.files.download(output.id)).blob()).text(),
		staleTime: Number.POSITIVE_INFINITY,
	});
	if (error) return <ProblemNotice what="Couldn’t load the text" error={error} onRetry={refetch} />;
	if (data === undefined) return <Spinner label="Loading text" />;
	const text = data.trim();
	return (
		<div className={styles.result}>
			<div>
				<CopyButton label="Copy text" textOf={() => text} />
			</div>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, also by the keyboard */}
			<section className={styles.text} aria-label={`Text of ${output.name}`} tabIndex={0}>
				{text === '' ? 'No text was found.' : text}
			</section>
		</div>
	);
}
