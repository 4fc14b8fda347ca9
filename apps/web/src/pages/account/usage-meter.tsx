import { useId } from 'react';
import { formatBytes } from '../../ui/format.ts';
import styles from './usage-meter.module.css';

const NAMES: Readonly<Record<string, string>> = {
	active_jobs: 'Jobs at once',
	queued_jobs: 'Jobs waiting',
	stored_bytes: 'Storage',
};
const NEARLY = 0.9;

/** One limit of the plan, as a bar and in words; one that is new to this page by the API's own name. */
export function UsageMeter({ name, used, limit }: { name: string; used: number; limit: number }) {
	const id = useId();
	const say = name.endsWith('_bytes') ? formatBytes : (value: number) => value.toLocaleString();
	const share = limit === 0 ? 1 : Math.min(1, used / limit);
	return (
		<div className={styles.meter}>
			<p className={styles.words}>
				<span id={id}>{NAMES[name] ?? name}</span>
				<span>
					{say(used)} of {say(limit)}
				</span>
			</p>
			<meter
				className={styles.bar}
				aria-labelledby={id}
				min={0}
				max={1}
				high={NEARLY}
				value={share}
				aria-valuetext={`${say(used)} of ${say(limit)}`}
			/>
		</div>
	);
}
