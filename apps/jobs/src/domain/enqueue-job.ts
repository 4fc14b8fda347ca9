import { AppError } from '@creatorr/contracts/errors';
import { newId } from '@creatorr/contracts/ids';
import { type Capabilities, createJobBodySchema } from '@creatorr/contracts/jobs';
import type { Plans } from '@creatorr/contracts/plans';
import { parseOrThrow, quote, validationError } from '@creatorr/contracts/validation';
import { crashPoint } from '@creatorr/service/crash-point';
import { expectedMs } from '@creatorr/tool-kit/limits/deadline';
import { parseParams } from '@creatorr/tool-kit/params/params';
import { type ParamSealer, REDACTED, splitSecrets } from '@creatorr/tool-kit/params/secret-params';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import { admitJob, type Standing } from './admit-job.ts';
import { choiceProblems } from './choice-problems.ts';
import type { CreatedJob, StoredAnswer } from './created-job.ts';
import { type Fingerprint, isSameRequest } from './fingerprint.ts';

export interface EnqueueDeps {
	fingerprint: Fingerprint;
	catalogue: ReadonlyMap<string, ToolManifest>;
	plans: Plans;
	/** By tool, of the workers that are there now. */
	readCapabilities(): Promise<ReadonlyMap<string, Capabilities>>;
	sealer: Pick<ParamSealer, 'seal'>;
	findAnswer(userId: string, key: string): Promise<StoredAnswer | null>;
	/** Throws `not_found`, `file_not_uploaded` or `upstream_unavailable`. */
	checkInput(fileId: string, userId: string): Promise<{ sizeBytes: number }>;
	/** Null, or the answer of the request that took the key first. Throws what `admit` throws. */
	insertJob(insert: {
		job: CreatedJob;
		sealedSecrets: string | null;
		expectedSeconds: number | null;
		userId: string;
		admit(standing: Standing): { priority: number };
		idempotency: { key: string; fingerprint: string } | undefined;
	}): Promise<StoredAnswer | null>;
	/** Jobs may be released now. */
	wakeScheduler(): void;
}

interface EnqueueInput {
	userId: string;
	idempotencyKey: string | undefined;
	/** As it was sent, not validated yet. */
	body: unknown;
}

interface Enqueued {
	job: CreatedJob;
	/** True when this is the answer of an earlier request with the same key. */
	replayed: boolean;
}

/**
 * Queues a job. The idempotency key comes before everything else, so that a repeat is answered even when its request would be
 * refused by now, its input having been deleted for one.
 */
export async function enqueueJob(deps: EnqueueDeps, input: EnqueueInput): Promise<Enqueued> {
	const { userId, idempotencyKey: key } = input;
	const idempotency = key === undefined ? undefined : { key, fingerprint: deps.fingerprint(input.body) };
	const known = idempotency && (await deps.findAnswer(userId, idempotency.key));
	if (known) return replay(known, idempotency.fingerprint);
	const { tool, job, secrets } = await prepareJob(deps, input.body);
	const { sizeBytes: inputBytes } = await deps.checkInput(job.input_file_id, userId);
	crashPoint('jobs.create.input-checked');
	const admit = (standing: Standing) => admitJob(deps.plans, { tool, inputBytes }, standing);
	const sealedSecrets = deps.sealer.seal(secrets, job.id);
	const expectedSeconds = Math.ceil(expectedMs(tool, { sizeBytes: inputBytes }) / 1000) || null;
	const earlier = await deps.insertJob({
		job,
		sealedSecrets,
		expectedSeconds,
		userId,
		admit,
		idempotency,
	});
	crashPoint('jobs.create.committed');
	if (earlier && idempotency) return replay(earlier, idempotency.fingerprint);
	deps.wakeScheduler();
	return { job, replayed: false };
}

function replay(stored: StoredAnswer, fingerprint: string): Enqueued {
	if (!isSameRequest(stored.fingerprint, fingerprint)) {
		throw new AppError(
			'idempotency_conflict',
			'this Idempotency-Key was used for another request; use a new key for each new job',
		);
	}
	return { job: stored.job, replayed: true };
}

async function prepareJob(
	deps: EnqueueDeps,
	raw: unknown,
): Promise<{ tool: ToolManifest; job: CreatedJob; secrets: Record<string, string> }> {
	const body = parseOrThrow(createJobBodySchema, raw);
	const tool = deps.catalogue.get(body.tool);
	if (!tool) {
		const slugs = [...deps.catalogue.keys()].join(', ');
		throw new AppError('unknown_tool', `there is no tool ${quote(body.tool)}; there are: ${slugs}`);
	}
	const { shown, secrets } = splitSecrets(tool.params, await checkParams(deps, tool, body.params ?? {}));
	requireNotRedacted(secrets);
	const job: CreatedJob = {
		id: newId('job'),
		tool: tool.slug,
		status: 'queued',
		progress: 0,
		input_file_id: body.input_file_id,
		params: shown,
	};
	return { tool, job, secrets };
}

/** Whoever copies the params of a job that is shown would have a document locked with what stands there. */
function requireNotRedacted(secrets: Readonly<Record<string, string>>): void {
	const copied = Object.keys(secrets).filter((name) => secrets[name] === REDACTED);
	if (copied.length === 0) return;
	const message = `${REDACTED} stands in the place of a secret that is not shown; give the secret itself`;
	throw validationError(copied.map((name) => ({ path: `params.${name}`, message })));
}

/** While no worker has the tool nobody knows what it can choose from; its worker will check then. */
async function checkParams(
	deps: EnqueueDeps,
	tool: ToolManifest,
	raw: Record<string, unknown>,
): Promise<Record<string, unknown>> {
	const parsed = parseParams(tool.params, raw);
	if (!parsed.ok) throw validationError(parsed.details, parsed.total);
	const params = parsed.data as Record<string, unknown>;
	if (tool.choices) {
		const problems = choiceProblems(tool.choices, params, (await deps.readCapabilities()).get(tool.slug));
		if (problems.length > 0) throw validationError(problems);
	}
	return params;
}
