import type { ErrorDetail } from '@creatorr/contracts/errors';
import type { Capabilities } from '@creatorr/contracts/jobs';
import { quote } from '@creatorr/contracts/validation';

/**
 * What is wrong with params whose values must be among a capability (`choices`: the capability by the param's name); the first
 * of a param lists what there is. Nothing where the capability is not known.
 */
export function choiceProblems(
	choices: Readonly<Record<string, string>>,
	params: Readonly<Record<string, unknown>>,
	capabilities: Capabilities | undefined,
): ErrorDetail[] {
	return Object.entries(choices).flatMap(([param, capability]) => {
		const known = capabilities?.[capability];
		if (!known) return [];
		const chosen = [params[param]].flat().filter((value) => typeof value === 'string');
		return chosen
			.filter((value) => !known.includes(value))
			.map((value, index) => {
				const available = index === 0 ? `; there are: ${known.join(', ')}` : '';
				return { path: `params.${param}`, message: `${quote(value)} is not installed${available}` };
			});
	});
}
