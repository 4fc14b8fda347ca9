import { AppError } from './errors.ts';
import type { Plan, Plans, PlanTerms } from './plans.ts';

interface LimitMet {
	plan: Plan;
	plans: Plans;
	/** The limit in a plan's terms. */
	limitOf(terms: PlanTerms): number;
	/** Writes an amount; numbers as they are where absent. */
	say?(amount: number): string;
	/** What meets the limit, as a sentence without its period. */
	use: string;
	/** What helps besides an upgrade, as imperatives in lower case. */
	advice: readonly string[];
}

const PLAN_NAMES: Record<Plan, string> = { free: 'Free', pro: 'Pro' };

const CHOICES = new Intl.ListFormat('en', { type: 'disjunction' });

/** Returns the error for a request that exceeds a limit of the user's plan. It names the use, the limit and, if higher, Pro's limit. */
export function planLimit({ plan, plans, limitOf, say = sayNumber, use, advice }: LimitMet): AppError {
	const limit = limitOf(plans[plan]);
	const limitOfPro = limitOf(plans.pro);
	const isMoreOnPro = limitOfPro > limit;
	const offer = isMoreOnPro ? `, Pro ${say(limitOfPro)}` : '';
	const choices = CHOICES.format(isMoreOnPro ? [...advice, 'upgrade to Pro'] : advice);
	const message = `${use}. The ${PLAN_NAMES[plan]} plan allows ${say(limit)}${offer}. ${choices.charAt(0).toUpperCase()}${choices.slice(1)}.`;
	return new AppError('plan_limit', message);
}

const BYTE_UNITS = [
	['GB', 1_000_000_000],
	['GiB', 1024 ** 3],
	['MB', 1_000_000],
	['MiB', 1024 ** 2],
] as const;

/** An amount of bytes, never rounded: in the largest unit that it is a whole number of. */
export function sayBytes(bytes: number): string {
	const unit = BYTE_UNITS.find(([, size]) => bytes >= size && bytes % size === 0);
	return unit ? `${sayNumber(bytes / unit[1])} ${unit[0]}` : `${sayNumber(bytes)} bytes`;
}

export function sayNumber(amount: number): string {
	return amount.toLocaleString('en');
}
