import { formatBytes, type Plan, type Tool } from '@creatorr/client';
import { formatCount, formatDuration } from '../ui/format.ts';

/** A limit on both plans, in words. */
export interface PlanRow {
	name: string;
	free: string;
	pro: string;
}

type Limits = { max_input_bytes: number; max_pages: number };

const inputOf = ({ max_input_bytes, max_pages }: Limits) =>
	`${formatBytes(max_input_bytes)}, ${formatCount(max_pages, 'page', 'pages')}`;

function retentionOf({ retention_hours: hours }: Plan): string {
	const isDays = hours > 24 && hours % 24 === 0;
	return isDays ? formatCount(hours / 24, 'day', 'days') : formatCount(hours, 'hour', 'hours');
}

function computeOf({ compute_seconds_per_day: seconds }: Plan): string {
	return seconds === undefined ? 'Unlimited' : formatDuration(1_000 * seconds);
}

const countOf = (limit: number | undefined) => limit?.toLocaleString() ?? 'Unlimited';

const ROWS: readonly (readonly [string, (plan: Plan) => string])[] = [
	['Files are kept', retentionOf],
	['Storage', (plan) => formatBytes(plan.max_stored_bytes)],
	['Number of files', (plan) => plan.max_files.toLocaleString()],
	['Files processed at the same time', (plan) => plan.max_active_jobs.toLocaleString()],
	['Processing time per day (how long tools work on your files)', computeOf],
	['Files you can send for processing per minute', (plan) => countOf(plan.jobs_per_minute)],
	['API requests per minute', (plan) => countOf(plan.requests_per_minute)],
	['Place in the queue', (plan) => (plan.name === 'pro' ? 'Before Free users' : 'Normal')],
];

/** Returns the rows of the plan table: limits of the plans, then the largest file of each tool. */
export function planRows(free: Plan, pro: Plan, tools: readonly Tool[]): PlanRow[] {
	return [
		...ROWS.map(([name, show]) => ({ name, free: show(free), pro: show(pro) })),
		...tools.map(({ title, plans }) => ({
			name: `${title}: largest file`,
			free: inputOf(plans.free),
			pro: inputOf(plans.pro),
		})),
	];
}
