import { AppError } from '@creatorr/contracts/errors';
import { newId } from '@creatorr/contracts/ids';
import { createJob, createJobBodySchema, createJobHeadersSchema } from '@creatorr/contracts/jobs';
import { parseOrThrow, quote } from '@creatorr/contracts/validation';
import { currentRequestId } from '@creatorr/service/context';
import { crashPoint } from '@creatorr/service/crash-point';
import type { UserKey } from '@creatorr/service/identity';
import { defineRoute } from '@creatorr/service/route';
import { currentTraceparent } from '@creatorr/telemetry/traceparent';
import { expectedMs } from '@creatorr/tool-kit/limits/deadline';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { admitJob } from './admit-job.ts';
import { checkParams } from './check-params.ts';
import { isSameRequest } from './fingerprint.ts';
import { type CreatedJob, findStoredResponse, type StoredResponse } from './idempotency-keys.sql.ts';
import { insertJob } from './insert-job.sql.ts';

/** The route does not validate the body, because the idempotency key is looked up first. */
const unvalidated = { ...createJob, body: z.unknown() };

/** POST /v1/jobs */
export function createJobRoute(deps: Deps) {
	return defineRoute(unvalidated, async ({ rawBody: body, user, header, setHeader }) => {
		checkToolScope(user.key, body);
		const headers = parseOrThrow(createJobHeadersSchema, { 'Idempotency-Key': header('idempotency-key') }, [
			'headers',
		]);
		const { job, replayed } = await create(deps, { userId: user.id, key: headers['Idempotency-Key'], body });
		if (replayed) setHeader('Idempotency-Replayed', 'true');
		return { data: job };
	});
}

const toolSchema = z.object({ tool: z.string() });

/** Throws `insufficient_scope` if the API key may not use the tool. A body without a tool is refused later. */
function checkToolScope(key: UserKey | undefined, body: unknown): void {
	if (!key?.tools) return;
	const parsed = toolSchema.safeParse(body);
	if (!parsed.success || key.tools.includes(parsed.data.tool)) return;
	throw new AppError(
		'insufficient_scope',
		`This API key may not use the tool ${quote(parsed.data.tool)}. It may use: ${key.tools.join(', ')}.`,
		// The gateway has counted the request already. A 403 with a challenge makes it refund the unit (`lacksTool` in its rate-limits.ts).
		{ headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' } },
	);
}

interface Created {
	job: CreatedJob;
	/** True when an earlier request with the same key created the job. */
	replayed: boolean;
}

/**
 * Creates a job. The idempotency key is looked up before the body is validated, so that a repeated request gets the stored response even if
 * it would be refused now, for example because its input was deleted. Only the tool scope of the API key is checked before.
 */
async function create(
	deps: Deps,
	{ userId, key, body }: { userId: string; key: string | undefined; body: unknown },
): Promise<Created> {
	const { prisma, config } = deps;
	const lifetimeHours = config.IDEMPOTENCY_KEY_TTL_HOURS;
	const idempotency =
		key === undefined ? undefined : { key, fingerprint: deps.fingerprint(body), lifetimeHours };
	const known = idempotency && (await findStoredResponse(prisma, { userId, ...idempotency }));
	if (known) return replay(known, idempotency.fingerprint);
	const { tool, job, secrets } = await prepareJob(deps, body);
	const { sizeBytes: inputBytes } = await deps.files.checkInput(job.input_file_id, userId);
	crashPoint('jobs.create.input-checked');
	const earlier = await deps.insertMutex.runExclusive(userId, () =>
		insertJob(prisma, {
			job,
			sealedSecrets: deps.sealer.seal(secrets, job.id),
			expectedSeconds: Math.ceil(expectedMs(tool, { sizeBytes: inputBytes }) / 1000) || null,
			userId,
			requestId: currentRequestId(),
			traceparent: currentTraceparent() ?? null,
			admit: (usage) => admitJob(config.PLANS, { tool, inputBytes }, usage),
			idempotency,
		}),
	);
	crashPoint('jobs.create.committed');
	if (earlier && idempotency) return replay(earlier, idempotency.fingerprint);
	deps.wakeDispatch();
	return { job, replayed: false };
}

function replay(stored: StoredResponse, fingerprint: string): Created {
	if (!isSameRequest(stored.fingerprint, fingerprint)) {
		throw new AppError(
			'idempotency_conflict',
			'This Idempotency-Key was already used for a different request. Use a new key for each job.',
		);
	}
	return { job: stored.job, replayed: true };
}

/** Validates the body. The returned job has complete params, with their secrets redacted. */
async function prepareJob(
	deps: Deps,
	raw: unknown,
): Promise<{ tool: ToolManifest; job: CreatedJob; secrets: Record<string, string> }> {
	const body = parseOrThrow(createJobBodySchema, raw);
	const tool = deps.catalog.get(body.tool);
	if (!tool) {
		const slugs = [...deps.catalog.keys()].join(', ');
		throw new AppError('unknown_tool', `No such tool: ${quote(body.tool)}. Available tools: ${slugs}.`);
	}
	const { redacted, secrets } = await checkParams(deps, tool, body.params ?? {});
	const job: CreatedJob = {
		id: newId('job'),
		tool: tool.slug,
		status: 'queued',
		progress: 0,
		input_file_id: body.input_file_id,
		params: redacted,
	};
	return { tool, job, secrets };
}
