import type { ApiDescription, Operation } from '../api-description.ts';
import { cliExamples } from './cli.ts';
import { curlExample } from './curl.ts';
import { JAVASCRIPT_EXAMPLES } from './javascript.ts';
import type { Examples } from './language.ts';

/** Only Stripe can sign what it takes, so nobody else calls it. */
const CALLED_BY_OTHERS = ['receiveStripeEvent'];

export function examplesOf(operation: Operation, description: ApiDescription): Examples {
	if (CALLED_BY_OTHERS.includes(operation.id)) return {};
	const javascript = JAVASCRIPT_EXAMPLES[operation.id];
	const cli = cliExamples(location.origin)[operation.id];
	return {
		curl: curlExample(operation, description, location.origin),
		...(javascript !== undefined && { javascript }),
		...(cli !== undefined && { cli }),
	};
}
