import { useEffect, useState } from 'react';

const SHOWN_MS = 2_000;

interface Copying {
	/** What happened, for a moment after a click; empty before and after. */
	outcome: '' | 'Copied' | 'Your browser blocked copying' | 'There’s no text to copy';
	/** Undefined on pages without TLS, where browsers offer no clipboard. */
	copy: (() => Promise<void>) | undefined;
}

/** Copies a text to the clipboard. */
export function useCopy(textOf: () => string | Promise<string>): Copying {
	const [outcome, setOutcome] = useState<Copying['outcome']>('');
	useEffect(() => {
		if (outcome === '') return;
		const timer = setTimeout(() => setOutcome(''), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [outcome]);
	async function copy(): Promise<void> {
		let isEmpty = false;
		const text = (async () => {
			const copied = await textOf();
			isEmpty = copied === '';
			if (isEmpty) throw new Error('no text');
			return new Blob([copied], { type: 'text/plain' });
		})();
		// if the clipboard refuses first, the text is no longer awaited, and its rejection would count as unhandled
		text.catch(() => undefined);
		try {
			// called before the text is known: Safari allows writing only in the click itself
			if ('ClipboardItem' in window)
				await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
			else await navigator.clipboard.writeText(await (await text).text());
			setOutcome('Copied');
		} catch {
			setOutcome(isEmpty ? 'There’s no text to copy' : 'Your browser blocked copying');
		}
	}
	return { outcome, copy: navigator.clipboard ? copy : undefined };
}
