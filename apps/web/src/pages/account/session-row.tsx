import type { Session } from '@creatorr/client';
import { Button } from '../../ui/button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import styles from './session-row.module.css';
import { describeUserAgent } from './user-agent.ts';

/** One place where one is signed in. The own is ended by signing out. */
export function SessionRow({ session, onEnd }: { session: Session; onEnd: () => void }) {
	const name = describeUserAgent(session.user_agent);
	return (
		<div className={styles.row}>
			<div>
				<p className={styles.name}>
					{name}
					{session.current && <span className={styles.current}>This one</span>}
				</p>
				<p className={styles.times}>
					Signed in {formatDateTime(session.created_at)} · last seen {formatDateTime(session.last_seen_at)}
				</p>
			</div>
			{!session.current && (
				<Button
					small
					aria-label={`End the session: ${name}, signed in ${formatDateTime(session.created_at)}`}
					onClick={onEnd}
				>
					End
				</Button>
			)}
		</div>
	);
}
