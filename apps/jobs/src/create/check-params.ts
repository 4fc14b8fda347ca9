import type { ErrorDetail } from '@creatorr/contracts/errors';
import type { Capabilities } from '@creatorr/contracts/jobs';
import { quote, validationError } from '@creatorr/contracts/validation';
import { parseParams } from '@creatorr/tool-kit/params/params';
import { REDACTED, splitSecrets } from '@creatorr/tool-kit/params/secret-params';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import type { Deps } from '../deps.ts';
import { readCapabilities } from '../workers/workers.sql.ts';

/**
 * Validates and completes the params of a tool, and separates the secrets: `redacted` may be stored and shown as it is, `secrets` must be
 * sealed. Throws `validation`. While no worker has the tool, it is unknown which values workers offer; the worker that runs the job checks
 * them then.
 */
export async function checkParams(
	{ prisma, config }: Pick<Deps, 'prisma' | 'config'>,
	tool: ToolManifest,
	raw: Record<string, unknown>,
): Promise<{ redacted: Record<string, unknown>; secrets: Record<string, string> }> {
	const parsed = parseParams(tool.params, raw);
	if (!parsed.ok) throw validationError(parsed.details, parsed.total);
	const params = parsed.data as Record<string, unknown>;
	if (tool.choices) {
		const capabilities = await readCapabilities(prisma, config.WORKER_LEASE_MS);
		const problems = choiceProblems(tool.choices, params, capabilities.get(tool.slug));
		if (problems.length > 0) throw validationError(problems);
	}
	const split = splitSecrets(tool.params, params);
	requireNotRedacted(split.secrets);
	return split;
}

/** Refuses params that were copied from a job that is shown: they would encrypt a document with the placeholder. */
function requireNotRedacted(secrets: Readonly<Record<string, string>>): void {
	const copied = Object.keys(secrets).filter((name) => secrets[name] === REDACTED);
	if (copied.length === 0) return;
	const message = `${REDACTED} is a placeholder for a hidden secret; send the secret itself`;
	throw validationError(copied.map((name) => ({ path: `params.${name}`, message })));
}

/**
 * Returns what is wrong with params whose values must be in a list that workers offer, a capability such as `languages`. `choices` has
 * the name of the list for each param. The first problem of a param lists the available values. Nothing is wrong when the list is unknown.
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
				const available = index === 0 ? `; available: ${known.join(', ')}` : '';
				return { path: `params.${param}`, message: `${quote(value)} is not installed${available}` };
			});
	});
}
