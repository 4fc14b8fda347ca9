import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { call, newPerson, type Person } from '../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { home } from '../driver/processes.ts';

const PASSWORD = `opens-${crypto.randomUUID()}`;
const REDACTED = '[redacted]';

let person: Person;
let input: string;

async function encrypted(pdf: Buffer): Promise<Buffer> {
	const directory = await mkdtemp(join(tmpdir(), 'encrypt-'));
	try {
		const [plain, secret] = [join(directory, 'plain.pdf'), join(directory, 'secret.pdf')];
		await writeFile(plain, pdf);
		await promisify(execFile)('qpdf', ['--encrypt', PASSWORD, 'owner', '256', '--', plain, secret]);
		return await readFile(secret);
	} finally {
		await rm(directory, { recursive: true });
	}
}

beforeAll(async () => {
	person = await newPerson();
	input = await uploadFile(person.token, await encrypted(makePdf()));
});

async function run(tool: string, params: object) {
	return await finishJob(person.token, await startJob(person.token, input, { tool, params }));
}

test.each(['compress_heavy', 'ocr'])(
	'%s opens a PDF with its password and shows it nowhere',
	async (tool) => {
		const job = await run(tool, { password: PASSWORD });
		expect(job.status).toBe('succeeded');
		expect(job.params.password).toBe(REDACTED);
		const listed = await call('GET', '/v1/jobs', { token: person.token });
		expect(listed.text).toContain(job.id);
		expect(listed.text).not.toContain(PASSWORD);
	},
);

test.each(['compress_heavy', 'ocr'])('%s distinguishes a missing password from a wrong one', async (tool) => {
	const [missing, wrong] = await Promise.all([run(tool, {}), run(tool, { password: `not-${PASSWORD}` })]);
	expect([missing.error_code, wrong.error_code]).toEqual(['encrypted_input', 'wrong_password']);
});

test('no log contains a password', async () => {
	const directory = join(home(), 'logs');
	const logs = (await readdir(directory)).filter((name) => name.endsWith('.log'));
	expect(logs).toContain('tool-worker.log');
	for (const name of logs) {
		expect((await readFile(join(directory, name), 'utf8')).includes(PASSWORD)).toBe(false);
	}
});
