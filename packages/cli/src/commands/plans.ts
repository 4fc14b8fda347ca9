import { formatBytes, formatPrice, type Plan } from '@creatorr/client';
import type { Command } from 'commander';
import { printJson } from '../display/print.ts';
import { formatTable } from '../display/table.ts';
import type { Io } from '../io.ts';
import { connect } from '../session/connect.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

/** Adds the command that lists the plans. */
export function addPlansCommand(program: Command, io: Io): void {
	withCommonOptions(
		program.command('plans').description('List the plans with their limits and prices'),
	).action(async (options: CommonOptions) => {
		const { client } = await connect(io, options);
		const plans = await client.plans({ signal: io.signal });
		if (options.json) return printJson(io, plans);
		io.stdout.write(formatTable([HEAD, ...plans.map(row)]));
	});
}

const HEAD = [
	'PLAN',
	'PRICE',
	'FILES ARE KEPT',
	'STORAGE',
	'FILES',
	'JOBS AT THE SAME TIME',
	'PROCESSING PER DAY',
	'REQUESTS PER MINUTE',
	'JOBS PER MINUTE',
];

const UNLIMITED = 'unlimited';

function row(plan: Plan): string[] {
	const { compute_seconds_per_day: seconds } = plan;
	return [
		plan.name,
		priceOf(plan),
		`${plan.retention_hours} h`,
		formatBytes(plan.max_stored_bytes),
		String(plan.max_files),
		String(plan.max_active_jobs),
		seconds === undefined ? UNLIMITED : `${Math.floor(seconds / 60)} min`,
		String(plan.requests_per_minute ?? UNLIMITED),
		String(plan.jobs_per_minute ?? UNLIMITED),
	];
}

function priceOf({ name, prices }: Plan): string {
	if (prices) return `${formatPrice(prices.monthly)} a month, ${formatPrice(prices.yearly)} a year`;
	return name === 'free' ? 'free' : 'shown in the web app before you pay';
}
