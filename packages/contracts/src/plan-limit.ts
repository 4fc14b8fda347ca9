import { AppError } from './errors.ts';
import { formatNumber } from './format.ts';
import type { Plan, Plans, PlanTerms } from './plans.ts';

interface ExceededLimit {
	plan: Plan;
	plans: Plans;
	/** Returns the limit from a plan's terms. */
	limitOf(terms: PlanTerms): number;
	/** Formats an amount; {@link formatNumber} by default. */
	format?(amount: number): string;
	/** What exceeds the limit, as a sentence without its period. */
	use: string;
	/** What the limit is for, such as `for this tool`. */
	scope?: string;
	/** What helps besides an upgrade: imperatives in lower case. */
	advice: readonly string[];
}

const PLAN_NAMES: Record<Plan, string> = { free: 'Free', pro: 'Pro' };

const CHOICES = new Intl.ListFormat('en', { type: 'disjunction' });

/** Returns the error for a request that exceeds a limit of the user's plan. It names the use, the limit and, if higher, Pro's limit. */
export function planLimit({
	plan,
	plans,
	limitOf,
	format = formatNumber,
	use,
	scope,
	advice,
}: ExceededLimit): AppError {
	const limit = limitOf(plans[plan]);
	const limitOfPro = limitOf(plans.pro);
	const isMoreOnPro = limitOfPro > limit;
	const offer = isMoreOnPro ? `, Pro ${format(limitOfPro)}` : '';
	const choices = CHOICES.format(isMoreOnPro ? [...advice, 'upgrade to Pro'] : advice);
	const message = `${use}. The ${PLAN_NAMES[plan]} plan allows ${format(limit)}${scope ? ` ${scope}` : ''}${offer}. ${choices.charAt(0).toUpperCase()}${choices.slice(1)}.`;
	return new AppError('plan_limit', message);
}
