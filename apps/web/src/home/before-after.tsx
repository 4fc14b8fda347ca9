import type { ReactNode } from 'react';
import styles from './before-after.module.css';

/** A picture of what the tools do: three files, each before and after. */
export function BeforeAfter() {
	return (
		<svg
			className={styles.picture}
			viewBox="0 0 400 330"
			role="img"
			aria-label="A PDF gets smaller, a Word document becomes a PDF, and a scan gets text that you can search."
		>
			<Row y={0} from={<Sheet label="PDF" size="21 MB" />} to={<Sheet label="PDF" size="9 MB" isSmall />} />
			<Row y={110} from={<Sheet label="Word" />} to={<Sheet label="PDF" />} />
			<Row y={220} from={<Scan />} to={<Scan isRead />} />
		</svg>
	);
}

function Row({ y, from, to }: { y: number; from: ReactNode; to: ReactNode }) {
	return (
		<g transform={`translate(0 ${y})`}>
			<g transform="translate(20 5)">{from}</g>
			<path className={styles.arrow} d="M178 52h42m-11-11 11 11-11 11" />
			<g transform="translate(248 5)">
				<g className={styles.after}>{to}</g>
			</g>
		</g>
	);
}

/** A document with a picture and text. */
function Sheet({ label, size, isSmall = false }: { label: string; size?: string; isSmall?: boolean }) {
	return (
		<>
			<g transform={isSmall ? 'translate(15 20) scale(0.68)' : undefined}>
				<path className={styles.sheet} d="M8 2h44l18 18v72a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V6a4 4 0 0 1 4-4z" />
				<path className={styles.line} d="M52 2v18h18M14 66h46M14 76h46M14 86h30" />
				<path className={styles.image} d="M14 58V34h46v24L46 44 34 54l-8-6z" />
			</g>
			<text className={styles.label} x="84" y={size ? 46 : 56}>
				{label}
			</text>
			{size && (
				<text className={isSmall ? styles.good : styles.size} x="84" y="66">
					{size}
				</text>
			)}
		</>
	);
}

/** A crooked scan, or its text, of which a word is found. */
function Scan({ isRead = false }: { isRead?: boolean }) {
	return (
		<>
			<g transform={isRead ? undefined : 'rotate(-5 37 50)'}>
				<rect className={styles.sheet} x="4" y="2" width="66" height="94" rx="4" />
				{isRead && <rect className={styles.mark} x="12" y="29" width="36" height="13" rx="2" />}
				<path className={styles.line} d="M14 18h46M14 36h32M14 54h46M14 66h40M14 78h46" />
			</g>
			<text className={styles.label} x="84" y={isRead ? 46 : 56}>
				{isRead ? 'Text' : 'Scan'}
			</text>
			{isRead && (
				<text className={styles.good} x="84" y="66">
					Found
				</text>
			)}
		</>
	);
}
