import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Job, streamJob } from '@creatorr/contracts/jobs';
import { defineStreamRoute } from '@creatorr/service/route';
import { jobStates, type StatesDeps } from '../domain/job-states.ts';

/** Keeps proxies from taking a quiet stream for a dead one. */
const COMMENT_EVERY_MS = 15_000;

export function streamJobRoute(deps: StatesDeps) {
	return defineStreamRoute(streamJob, async ({ params, user, closed }, res) => {
		const comments = setInterval(() => res.headersSent && res.write(': still here\n\n'), COMMENT_EVERY_MS);
		try {
			for await (const job of jobStates(deps, { jobId: params.id, userId: user.id, signal: closed })) {
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

/** Waits for a slow reader: states that come meanwhile are skipped, only the last of them matters. */
async function send(res: ServerResponse, job: Job, closed: AbortSignal): Promise<void> {
	if (res.write(`event: job\ndata: ${JSON.stringify(job)}\n\n`)) return;
	await once(res, 'drain', { signal: closed }).catch(() => undefined);
}
