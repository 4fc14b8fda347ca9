import { AppError } from './errors.ts';
import type { Plan, Plans, PlanTerms } from './plans.ts';

interface LimitMet {
	plan: Plan;
	plans: Plans;
	/** Returns the limit from a plan's terms. */
	limitOf(terms: PlanTerms): number;
	/** Formats an amount; {@link formatNumber} by default. */
	format?(amount: number): string;
	/** What exceeds the limit, as a sentence without its period. */
	use: string;
	/** What helps besides an upgrade: imperatives in lower case. */
	advice: readonly string[];
}

const PLAN_NAMES: Record<Plan, string> = { free: 'Free', pro: 'Pro' };

const CHOICES = new Intl.ListFormat('en', { type: 'disjunction' });

/** Returns the error for a request that exceeds a limit of the user's plan. It names the use, the limit and, if higher, Pro's limit. */
export function planLimit({ plan, plans, limitOf, format = formatNumber, use, advice }: LimitMet): AppError {
	const limit = limitOf(plans[plan]);
	const limitOfPro = limitOf(plans.pro);
	const isMoreOnPro = limitOfPro > limit;
	const offer = isMoreOnPro ? `, Pro ${format(limitOfPro)}` : '';
	const choices = CHOICES.format(isMoreOnPro ? [...advice, 'upgrade to Pro'] : advice);
	const message = `${use}. The ${PLAN_NAMES[plan]} plan allows ${format(limit)}${offer}. ${choices.charAt(0).toUpperCase()}${choices.slice(1)}.`;
	return new AppError('plan_limit', message);
}

const BYTE_UNITS = [
	['GB', 1_000_000_000],
	['GiB', 1024 ** 3],
	['MB', 1_000_000],
	['MiB', 1024 ** 2],
] as const;

/** Formats an amount of bytes without rounding, in the largest unit of which it is a whole number. */
export function formatBytes(bytes: number): string {
	const unit = BYTE_UNITS.find(([, size]) => bytes >= size && bytes % size === 0);
	return unit ? `${formatNumber(bytes / unit[1])} ${unit[0]}` : `${formatNumber(bytes)} bytes`;
}

export function formatNumber(amount: number): string {
	return amount.toLocaleString('en');
}
