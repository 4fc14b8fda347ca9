import type { Defence } from './defence.ts';

const SERVICE = 'packages/service/src';
const IDENTITY = { file: `${SERVICE}/identity.ts`, suite: `${SERVICE}/create-service.test.ts` };
const STORAGE = 'packages/storage/src';
const PRESIGN = { suite: `${STORAGE}/presign.test.ts` };
const READ_FILE = { suite: 'apps/files/test/read-file.test.ts' };
const READ_JOBS = { suite: 'apps/jobs/test/read-jobs.test.ts' };
const WEBHOOK = {
	file: 'apps/billing/src/stripe/verify-event.ts',
	suite: 'apps/billing/test/webhook.test.ts',
};

const WHO_CALLS: readonly Defence[] = [
	{
		name: 'lets only the gateway speak for users',
		...IDENTITY,
		code: "if (user && claims.iss !== 'gateway') throw new Error('only the gateway speaks for users');",
		without: '',
		also: [
			{
				file: `${SERVICE}/route.ts`,
				code: 'if (!callers.includes(identity.caller)) {',
				without: "if (operation.access !== 'user' && !callers.includes(identity.caller)) {",
			},
		],
		test: 'from a worker that speaks for a user',
	},
	{
		name: 'lets no service speak under another’s name',
		...IDENTITY,
		code: '\t\t\tissuer: kid,\n',
		without: '',
		test: 'from a worker that calls itself gateway',
	},
	{
		name: 'opens internal routes to the callers that they name',
		...IDENTITY,
		file: `${SERVICE}/route.ts`,
		code: 'if (!callers.includes(identity.caller)) {',
		without: 'if (callers.length === 0) {',
		test: 'of a caller opens only the routes that name it',
	},
	{
		name: 'takes no identity that has expired, though it was verified before',
		...IDENTITY,
		code: "if (known.expiresAtMs <= Date.now()) throw new Error('internal identity has expired');",
		without: '',
		test: 'is refused once it has expired, though it is known',
	},
	{
		name: 'takes no identity that is older than any that is made',
		...IDENTITY,
		code: 'maxAge: 2 * LIFETIME_SECONDS,',
		without: '',
		test: 'older than any that is made',
	},
	{
		name: 'takes no names with NUL',
		...IDENTITY,
		file: `${SERVICE}/json-scan.ts`,
		code: "return isStorable ? undefined : 'text';",
		without: 'return undefined;',
		test: 'NUL in a name',
	},
	{
		name: 'shows nothing of a bug',
		...IDENTITY,
		file: `${SERVICE}/error-rendering.ts`,
		code: "return new AppError('internal', 'something went wrong on our side', { cause: error });",
		without: "return new AppError('internal', String(error), { cause: error });",
		test: 'shows nothing of a bug',
	},
	{
		name: 'refuses bodies that are nested without end',
		...IDENTITY,
		file: `${SERVICE}/json-scan.ts`,
		code: "if (depth > limits.maxDepth) return 'depth';",
		without: '',
		test: '33 levels',
	},
	{
		name: 'refuses bodies of many values before it parses them',
		...IDENTITY,
		file: `${SERVICE}/json-scan.ts`,
		code: "if (values > limits.maxValues) return 'values';",
		without: '',
		test: 'refuses a body of many values before it is parsed',
	},
	{
		name: 'describes 20 of the fields that are wrong',
		file: 'packages/contracts/src/validation.ts',
		suite: 'packages/contracts/src/validation.test.ts',
		code: 'if (details.push(detail) === MAX_DETAILS) break;',
		without: 'details.push(detail);',
		test: 'describes 20 of 20,000 wrong fields, and builds no message for the others',
	},
	{
		name: 'lists the accepted params once',
		file: 'packages/tool-kit/src/params.ts',
		suite: 'packages/tool-kit/src/params.test.ts',
		code: 'return index === 0 ?',
		without: 'return index >= 0 ?',
		test: 'describes 20 of 120,000 unknown params, and counts the others',
	},
	{
		name: 'takes no event that Stripe has not signed',
		...WEBHOOK,
		code: '\trequireSignature(body, signature, secrets);\n',
		without: '',
		test: 'with another secret’s signature',
	},
	{
		name: 'takes no event that was signed long ago',
		...WEBHOOK,
		code: 'verifyHeader(body, signature, secret, TOLERANCE_SECONDS)',
		without: 'verifyHeader(body, signature, secret, 1e9)',
		test: 'that is ten minutes old',
	},
];

const WHOSE_IT_IS: readonly Defence[] = [
	{
		name: 'finds no file of somebody else',
		file: 'apps/files/src/data/find-files.ts',
		code: 'where: { id: wanted.id, userId: wanted.userId, ...visible() },',
		without: 'where: { id: wanted.id, ...visible() },',
		...READ_FILE,
		test: 'of somebody else answers as one that never was',
	},
	{
		name: 'finds no file that has expired',
		file: 'apps/files/src/data/file-row.ts',
		code: ', expiresAt: { gt: new Date() } };',
		without: ' };',
		...READ_FILE,
		test: 'that has expired is not found, whoever asks for what',
	},
	{
		name: 'finds no job of somebody else',
		file: 'apps/jobs/src/data/find-job.ts',
		code: 'where: { id: jobId, userId }',
		without: 'where: { id: jobId }',
		...READ_JOBS,
		test: 'of somebody else answers as for one that never was',
	},
	{
		name: 'lists one’s own jobs and no others',
		file: 'apps/jobs/src/data/list-jobs.ts',
		code: '\t\t\tuserId,\n',
		without: '',
		...READ_JOBS,
		test: 'goes newest first, page by page, through one’s own only',
	},
	{
		name: 'stores passwords of documents sealed',
		file: 'packages/tool-kit/src/secret-params.ts',
		code: 'cipher.update(JSON.stringify(secrets))',
		without: 'Buffer.from(JSON.stringify(secrets))',
		also: [
			{
				file: 'packages/tool-kit/src/secret-params.ts',
				code: 'decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),\n\t\t\t\tdecipher.final(),',
				without: 'bytes.subarray(NONCE_BYTES + TAG_BYTES),',
			},
		],
		suite: 'packages/tool-kit/src/secret-params.test.ts',
		test: 'gives back what it sealed, and shows nothing of it',
	},
];

const HOW_BYTES_GO: readonly Defence[] = [
	{
		name: 'admits the declared type and length alone',
		file: `${STORAGE}/presign-put.ts`,
		code: "const headers = { 'content-type': contentType, 'content-length': String(sizeBytes) };",
		without: 'const headers = {};',
		...PRESIGN,
		test: 'of a PUT sign its type and length',
	},
	{
		name: 'sends every download as an attachment',
		file: `${STORAGE}/presign-get.ts`,
		code: "'response-content-disposition': attachmentDisposition(attachment.fileName),",
		without: '',
		...READ_FILE,
		test: 'a download arrives as an attachment under the name',
	},
	{
		name: 'replaces headers that came with an upload',
		file: `${STORAGE}/presign-get.ts`,
		code: '...NEUTRAL_HEADERS,',
		without: '',
		...READ_FILE,
		test: 'sent with headers of its own is downloaded without them',
	},
	{
		name: 'takes no object with headers that nobody signed',
		file: 'apps/files/src/domain/refresh-file.ts',
		code: ' && !stored.hasUnsignedHeaders;',
		without: ';',
		suite: 'apps/files/src/domain/refresh-file.test.ts',
		test: 'stays pending while the store has it with headers that nobody signed',
	},
	{
		name: 'lists the parts of one upload of a user at a time',
		file: 'apps/files/src/routes/list-file-parts.ts',
		code: 'await mutex.runExclusive(user.id, () => listUploadParts(deps, { id: params.id, userId: user.id })),',
		without: 'await listUploadParts(deps, { id: params.id, userId: user.id }),',
		suite: 'apps/files/test/multipart.test.ts',
		test: 'answers one request of a user after the other, and another user meanwhile',
	},
	{
		name: 'gives a download that a browser could run no type',
		file: 'apps/files/src/domain/download-type.ts',
		code: 'return INERT.test(essence.trim()) ? mimeType : UNKNOWN;',
		without: 'return mimeType;',
		suite: 'apps/files/src/domain/download-type.test.ts',
		test: 'is sent as bytes of no type',
	},
	{
		name: 'keeps whatever a name holds within its header',
		file: `${STORAGE}/attachment-disposition.ts`,
		code: ".replace(/[\"%*/:<>?\\\\|]/g, '_');",
		without: ';',
		suite: `${STORAGE}/attachment-disposition.test.ts`,
		test: 'offers clients without filename* a harmless form of',
	},
];

/** What the services make sure of by themselves, whoever calls. */
export const SERVICES: readonly Defence[] = [...WHO_CALLS, ...WHOSE_IT_IS, ...HOW_BYTES_GO];
