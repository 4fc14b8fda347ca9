import { formatBytes } from '@creatorr/client';
import { type Outcome, percent } from './outcome.ts';
import styles from './outcome-summary.module.css';

/** The sizes before and after as a bar. */
export function OutcomeSummary({ outcome }: { outcome: Outcome }) {
	const { bytesIn, bytesOut } = outcome;
	if (outcome.kind === 'smaller') {
		const left = `${Math.max(1, (1 - outcome.savedShare) * 100)}%`;
		return (
			<div className={styles.outcome}>
				<p className={styles.saved}>
					<strong>{percent(outcome.savedShare)} smaller</strong>
					<span>
						{formatBytes(bytesIn)} → {formatBytes(bytesOut)}
					</span>
				</p>
				<svg className={styles.bar} aria-hidden="true">
					<rect className={styles.before} width="100%" height="100%" />
					<rect className={styles.after} width={left} height="100%" />
				</svg>
			</div>
		);
	}
	return (
		<p className={styles.saved} data-kind={outcome.kind}>
			<strong>{outcome.headline}</strong>
			<span>
				{outcome.kind === 'same'
					? `Still ${formatBytes(bytesOut)}`
					: `${formatBytes(bytesIn)} → ${formatBytes(bytesOut)}`}
			</span>
		</p>
	);
}
