import type { ApiKey } from '@creatorr/client';
import { Button } from '../ui/button.tsx';
import { formatDateTime } from '../ui/format.ts';
import styles from './api-keys-page.module.css';
import { notesOf } from './key-change.ts';

const STATUS_TEXTS: Readonly<Record<ApiKey['status'], string>> = {
	active: 'Active',
	rotating: 'Being replaced',
	expired: 'Expired',
	revoked: 'Revoked',
};

function usedText({ last_used_at, last_used_ip }: ApiKey): string {
	if (last_used_at === null) return 'never used';
	return `last used ${formatDateTime(last_used_at)} from ${last_used_ip}`;
}

function expiryText({ status, expires_at }: ApiKey): string | undefined {
	if (expires_at === null || status === 'revoked') return undefined;
	return `${status === 'expired' ? 'expired' : 'expires'} ${formatDateTime(expires_at)}`;
}

/** An API key and its actions. */
export function KeyRow({
	apiKey,
	onEdit,
	onRotate,
	onRevoke,
}: {
	apiKey: ApiKey;
	onEdit: () => void;
	onRotate: () => void;
	onRevoke: () => void;
}) {
	const { name, start, last4, status, scopes, tools, allowed_ips, created_at } = apiKey;
	const notes = notesOf(apiKey);
	const isLive = status === 'active' || status === 'rotating';
	const facts = [`created ${formatDateTime(created_at)}`, usedText(apiKey), expiryText(apiKey)];
	return (
		<article className={styles.row} aria-label={name}>
			<div className={styles.words}>
				<h2 className={styles.name}>
					{name} <span className={styles.status}>{STATUS_TEXTS[status]}</span>
				</h2>
				<p className={styles.facts}>
					<code>
						{start}…{last4}
					</code>{' '}
					· {scopes.join(', ')}
					{tools && ` · only ${tools.join(', ')}`}
					{allowed_ips && ` · only from ${allowed_ips.join(', ')}`}
				</p>
				{notes.length > 0 && <p className={styles.facts}>{notes.join(' · ')}</p>}
				<p className={styles.facts}>{facts.filter(Boolean).join(' · ')}</p>
			</div>
			{isLive && (
				<div className={styles.actions}>
					<Button small aria-label={`Edit ${name}`} onClick={onEdit}>
						Edit
					</Button>
					<Button small aria-label={`Rotate ${name}`} onClick={onRotate}>
						Rotate
					</Button>
					<Button small variant="danger" aria-label={`Revoke ${name}`} onClick={onRevoke}>
						Revoke
					</Button>
				</div>
			)}
		</article>
	);
}
