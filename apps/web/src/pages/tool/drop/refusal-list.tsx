import { Link } from 'react-router';
import type { Refusal } from '../../../files/refusals.ts';
import { Button, ButtonLink } from '../../../ui/button.tsx';
import { Notice } from '../../../ui/notice.tsx';
import styles from './refusal-list.module.css';

/** What was not taken, and what helps. */
export function RefusalList({
	refused,
	onOtherTool,
	onDismiss,
}: {
	refused: readonly Refusal[];
	/** The person goes there with what that tool takes. */
	onOtherTool: (slug: string) => void;
	onDismiss: () => void;
}) {
	if (refused.length === 0) return null;
	const others = new Map(
		refused.flatMap(({ help }) => (help?.kind === 'tool' ? [[help.slug, help.title]] : [])),
	);
	const isForPro = refused.some(({ help }) => help?.kind === 'pro');
	return (
		<Notice
			kind="bad"
			title={refused.length === 1 ? 'This file was not taken' : 'These files were not taken'}
			action={
				<div className={styles.actions}>
					{[...others].map(([slug = '', title]) => (
						<Link key={slug} to={`/tools/${slug}`} onClick={() => onOtherTool(slug)}>
							Take it to {title}
						</Link>
					))}
					{isForPro && (
						<ButtonLink to="/account" small>
							See Pro
						</ButtonLink>
					)}
					<Button small look="quiet" onClick={onDismiss}>
						Dismiss
					</Button>
				</div>
			}
		>
			<ul className={styles.list}>
				{refused.map(({ name, reason }, index) => (
					// two files may have one name, and the list never changes
					<li key={index}>
						<strong>{name}</strong> {reason}
					</li>
				))}
			</ul>
		</Notice>
	);
}
