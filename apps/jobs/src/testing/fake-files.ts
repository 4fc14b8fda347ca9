import { AppError, notFound } from '@creatorr/contracts/errors';
import { checkInput, discardOutputs, publishOutput } from '@creatorr/contracts/internal';
import { createService } from '@creatorr/service/create-service';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { defineRoute } from '@creatorr/service/route';
import { silent } from '@creatorr/testing/silent';

type Trouble = 'not_found' | 'file_not_uploaded' | 'upstream_unavailable';

export interface FakeFiles {
	url: string;
	/** What goes wrong with an input, by its id; nothing where there is no entry. */
	inputTrouble: Map<string, Trouble>;
	/** How large an input is, by its id; 10 bytes where there is no entry. */
	inputBytes: Map<string, number>;
	/** What goes wrong with an output when it is published. */
	outputTrouble: Map<string, Trouble>;
	/** The published output of each job. */
	published: Map<string, string>;
	/** Jobs whose outputs were removed. */
	discarded: Set<string>;
	/** Called before an output is published. */
	onPublish: (jobId: string) => Promise<void>;
	stop(): Promise<void>;
}

function raise(trouble: Trouble | undefined): void {
	if (trouble === 'not_found') throw notFound('file');
	if (trouble) throw new AppError(trouble, trouble);
}

/** The internal operations of files that jobs calls, over HTTP, without a store. */
export async function startFakeFiles(keySet: string): Promise<FakeFiles> {
	const files: Omit<FakeFiles, 'url' | 'stop'> = {
		inputTrouble: new Map(),
		inputBytes: new Map(),
		outputTrouble: new Map(),
		published: new Map(),
		discarded: new Set(),
		onPublish: async () => undefined,
	};
	const routes = [
		defineRoute(checkInput, async ({ params }) => {
			raise(files.inputTrouble.get(params.id));
			return {
				data: {
					name: 'a.pdf',
					mime_type: 'application/pdf',
					size_bytes: files.inputBytes.get(params.id) ?? 10,
				},
			};
		}),
		defineRoute(publishOutput, async ({ params, body }) => {
			await files.onPublish(body.job_id);
			raise(files.outputTrouble.get(params.id));
			files.published.set(body.job_id, params.id);
		}),
		defineRoute(discardOutputs, async ({ body }) => {
			files.published.delete(body.job_id);
			files.discarded.add(body.job_id);
		}),
	];
	const verifyIdentity = createIdentityVerifier(JSON.parse(keySet));
	const app = createService({ logger: silent, verifyIdentity, routes, checks: {} });
	const server = await listen(app, { host: '127.0.0.1', port: 0 });
	return Object.assign(files, {
		url: `http://127.0.0.1:${portOf(server)}`,
		stop: () => closeServer(server, 100),
	});
}
