import { useId } from 'react';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import styles from './usage-meter.module.css';

const NAMES: Readonly<Record<string, string>> = {
	active_jobs: 'Jobs at once',
	queued_jobs: 'Jobs waiting',
	compute_seconds: 'Processing time today',
	stored_bytes: 'Storage',
};
const NEARLY = 0.9;

/** One limit of the plan, as a bar and in words; one that is new to this page by the API's own name. */
export function UsageMeter({ name, used, limit }: { name: string; used: number; limit: number }) {
	const id = useId();
	const say = sayer(name);
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

/** Writes an amount of a limit, whose name ends with its unit. */
function sayer(name: string): (value: number) => string {
	if (name.endsWith('_bytes')) return formatBytes;
	if (name.endsWith('_seconds')) return (seconds) => formatDuration(1_000 * seconds);
	return (value) => value.toLocaleString();
}
