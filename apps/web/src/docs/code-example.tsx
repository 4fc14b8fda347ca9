import { Check, Copy } from 'lucide-react';
import { type MouseEvent, useId } from 'react';
import { flushSync } from 'react-dom';
import { useCopy } from '../ui/use-copy.ts';
import { VisuallyHidden } from '../ui/visually-hidden.tsx';
import styles from './code-example.module.css';
import { chooseLanguage, type Examples, LANGUAGES, type Language, useLanguage } from './examples/language.ts';

/** An example in the chosen language. */
export function CodeExample({ label, examples }: { label: string; examples: Examples }) {
	const id = useId();
	const chosen = useLanguage();
	const languages = (Object.keys(LANGUAGES) as Language[]).filter((one) => examples[one] !== undefined);
	const shown = languages.includes(chosen) ? chosen : languages[0];
	const code = shown && examples[shown];
	if (code === undefined) return null;
	return (
		<figure className={styles.example} aria-labelledby={id}>
			<div className={styles.head}>
				<figcaption id={id} className={styles.caption}>
					{label}
				</figcaption>
				{/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is sent */}
				<div className={styles.languages} role="group" aria-label={`Language: ${label}`}>
					{languages.map((language) => (
						<button
							key={language}
							type="button"
							aria-pressed={language === shown}
							onClick={(event) => chooseInPlace(event, language)}
						>
							{LANGUAGES[language]}
						</button>
					))}
				</div>
				<CopyButton text={code} what={label} />
			</div>
			<pre className={styles.code}>
				<code>{withComments(code)}</code>
			</pre>
		</figure>
	);
}

/** Keeps the clicked button in place while examples above it change their height. */
function chooseInPlace({ currentTarget }: MouseEvent<HTMLButtonElement>, language: Language): void {
	const before = currentTarget.getBoundingClientRect().top;
	flushSync(() => chooseLanguage(language));
	scrollBy({ top: currentTarget.getBoundingClientRect().top - before, behavior: 'instant' });
}

const COMMENT = /^(#|\/\/) /;

function withComments(code: string) {
	return code.split('\n').map((line, index, lines) => {
		const text = index < lines.length - 1 ? `${line}\n` : line;
		return COMMENT.test(line) ? <i key={index}>{text}</i> : text;
	});
}

/** Copies a text. Not shown where browsers offer no clipboard. */
function CopyButton({ text, what }: { text: string; what: string }) {
	const { outcome, copy } = useCopy(() => text);
	if (!copy) return null;
	return (
		<>
			<button type="button" className={styles.copy} aria-label={`Copy: ${what}`} onClick={() => void copy()}>
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
