import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { VisuallyHidden } from '../../ui/visually-hidden.tsx';
import styles from './copy-button.module.css';

const SHOWN_MS = 2_000;

/** Copies a text, and says so. Browsers give no clipboard to pages without TLS: there it is not shown. */
export function CopyButton({ text, what }: { text: string; what: string }) {
	const [outcome, setOutcome] = useState('');
	useEffect(() => {
		if (outcome === '') return;
		const timer = setTimeout(() => setOutcome(''), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [outcome]);
	if (!navigator.clipboard) return null;
	const copy = (): void => {
		navigator.clipboard.writeText(text).then(
			() => setOutcome('Copied'),
			() => setOutcome('The browser does not let this page copy'),
		);
	};
	return (
		<>
			<button type="button" className={styles.copy} aria-label={`Copy: ${what}`} onClick={copy}>
				{outcome === 'Copied' ? (
					<Check size={16} aria-hidden="true" />
				) : (
					<Copy size={16} aria-hidden="true" />
				)}
			</button>
			<VisuallyHidden>
				<span role="status">{outcome}</span>
			</VisuallyHidden>
		</>
	);
}
