import { Link } from 'react-router';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import type { FileRejection } from './file-rejections.ts';
import styles from './rejection-list.module.css';

export function RejectionList({
	rejections,
	onOtherTool,
	onDismiss,
}: {
	rejections: readonly FileRejection[];
	/** The user continues there with the files that it accepts. */
	onOtherTool: (slug: string) => void;
	onDismiss: () => void;
}) {
	if (rejections.length === 0) return null;
	const others = new Map(
		rejections.flatMap(({ help }) => (help?.kind === 'tool' ? [[help.slug, help.title]] : [])),
	);
	const isForPro = rejections.some(({ help }) => help?.kind === 'pro');
	return (
		<Notice
			kind="bad"
			title={rejections.length === 1 ? 'This file wasn’t added' : 'These files weren’t added'}
			action={
				<div className={styles.actions}>
					{[...others].map(([slug = '', title]) => (
						<Link key={slug} to={`/tools/${slug}`} onClick={() => onOtherTool(slug)}>
							Open “{title}” instead
						</Link>
					))}
					{isForPro && (
						<ButtonLink to="/pricing" small>
							See Pro
						</ButtonLink>
					)}
					<Button small variant="quiet" onClick={onDismiss}>
						Dismiss
					</Button>
				</div>
			}
		>
			<ul className={styles.list}>
				{rejections.map(({ name, reason }, index) => (
					// names may repeat, and the list never changes
					<li key={index}>
						<strong>{name}</strong> {reason}
					</li>
				))}
			</ul>
		</Notice>
	);
}
