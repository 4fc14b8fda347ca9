import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Job, streamJob } from '@creatorr/contracts/jobs';
import { defineStreamRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { createJobSource, jobStates } from './job-states.ts';

/** Keeps proxies from closing an idle stream. */
const COMMENT_EVERY_MS = 15_000;

/** GET /v1/jobs/{id}/events: Server-Sent Events until the job is terminal. */
export function streamJobRoute(deps: Deps) {
	return defineStreamRoute(streamJob, async ({ params, user, closed }, res) => {
		const comments = setInterval(() => res.headersSent && res.write(': still here\n\n'), COMMENT_EVERY_MS);
		try {
			const input = { jobId: params.id, userId: user.id, signal: closed };
			for await (const job of jobStates(createJobSource(deps), input)) {
				if (!res.headersSent) begin(res);
				await send(res, job, closed);
			}
		} finally {
			clearInterval(comments);
		}
		res.end();
	});
}

function begin(res: ServerResponse): void {
	res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
}

/** Waits for a slow reader. Meanwhile no state is read, so those in between are skipped: only the last one matters. */
async function send(res: ServerResponse, job: Job, closed: AbortSignal): Promise<void> {
	if (res.write(`event: job\ndata: ${JSON.stringify(job)}\n\n`)) return;
	await once(res, 'drain', { signal: closed }).catch(() => undefined);
}
