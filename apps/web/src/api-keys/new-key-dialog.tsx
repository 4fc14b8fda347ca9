import type { NewApiKey } from '@creatorr/client';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './api-keys-page.module.css';

/** Shows a new key, the only time that anybody sees it. */
export function NewKeyDialog({ created, onClose }: { created: NewApiKey; onClose: () => void }) {
	return (
		<Dialog title="Copy your key now" onClose={onClose}>
			<p>This is the only time we show it. Store it like a password.</p>
			<code className={styles.key}>{created.key}</code>
			<CopyButton label="Copy key" textOf={() => created.key} />
			<p>Try it, with the whole key in place of {created.start}…:</p>
			<pre className={styles.example}>
				{`curl ${location.origin}/v1/me \\\n  -H "Authorization: Bearer ${created.start}…"`}
			</pre>
			<div>
				<Button variant="primary" onClick={onClose}>
					Done
				</Button>
			</div>
		</Dialog>
	);
}
