import { Check, Copy } from 'lucide-react';
import { Button } from './button.tsx';
import { useCopy } from './use-copy.ts';
import { VisuallyHidden } from './visually-hidden.tsx';

/** Copies a text. Not shown where browsers offer no clipboard. */
export function CopyButton({ label, textOf }: { label: string; textOf: () => string | Promise<string> }) {
	const { outcome, copy } = useCopy(textOf);
	if (!copy) return null;
	return (
		<>
			<Button small onClick={() => void copy()}>
				{outcome === 'Copied' ? (
					<Check size={16} aria-hidden="true" />
				) : (
					<Copy size={16} aria-hidden="true" />
				)}
				{outcome || label}
			</Button>
			<VisuallyHidden>
				<span role="status">{outcome}</span>
			</VisuallyHidden>
		</>
	);
}
