import { AppError, notFound } from '@creatorr/contracts/errors';
import { checkInput, discardOutputs, publishOutput } from '@creatorr/contracts/internal/files';
import { createService } from '@creatorr/service/create-service';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { closeServer, listen, portOf } from '@creatorr/service/process';
import { defineRoute } from '@creatorr/service/route';
import { silent } from '@creatorr/testing/silent';

type FileError =
	| 'not_found'
	| 'file_not_uploaded'
	| 'plan_limit'
	| 'email_not_verified'
	| 'upstream_unavailable';

export interface FakeFiles {
	url: string;
	/** The error of an input, by its id. Inputs without an entry have none. */
	inputErrors: Map<string, FileError>;
	/** The size of an input in bytes, by its id. 10 without an entry. */
	inputBytes: Map<string, number>;
	/** The error when an output is published, by its id. */
	outputErrors: Map<string, FileError>;
	/** The published output of each job. */
	published: Map<string, string>;
	/** Jobs whose outputs were discarded. */
	discarded: Set<string>;
	/** Called before an output is published. */
	onPublish: (jobId: string) => Promise<void>;
	stop(): Promise<void>;
}

function raise(error: FileError | undefined): void {
	if (error === 'not_found') throw notFound('file');
	if (error) throw new AppError(error, error);
}

/** Serves the internal operations of the files service that the jobs service calls, over HTTP, without a store. */
export async function startFakeFiles(keySet: string): Promise<FakeFiles> {
	const files: Omit<FakeFiles, 'url' | 'stop'> = {
		inputErrors: new Map(),
		inputBytes: new Map(),
		outputErrors: new Map(),
		published: new Map(),
		discarded: new Set(),
		onPublish: async () => undefined,
	};
	const routes = [
		defineRoute(checkInput, async ({ params }) => {
			raise(files.inputErrors.get(params.id));
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
			raise(files.outputErrors.get(params.id));
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
