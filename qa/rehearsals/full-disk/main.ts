import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, newPerson } from '../../driver/client.ts';
import { downloadFile, finishJob, startJob, uploadFile } from '../../driver/flow.ts';
import { makePdf } from '../../driver/pdf.ts';

/**
 * Runs one step of `npm run rehearse:full-disk`: `before` the disk is full, `while` it is full, or `after` space was freed. The steps
 * share their state through the file that the second argument names.
 */
const [step, path = ''] = process.argv.slice(2);

interface State {
	token: string;
	fileId: string;
	/** Jobs that the API accepted before and while the disk was full. */
	jobIds: string[];
}

const ATTEMPTS_WHILE_FULL = 10;
const RECOVERY_MS = 150_000;

function readState(): State {
	return JSON.parse(readFileSync(path, 'utf8'));
}

function writeState(state: State): void {
	writeFileSync(path, JSON.stringify(state), { mode: 0o600 });
}

async function before(): Promise<void> {
	const { token } = await newPerson();
	const fileId = await uploadFile(token, makePdf());
	const job = await finishJob(token, await startJob(token, fileId));
	writeState({ token, fileId, jobIds: [job.id] });
}

/** Keeps asking for jobs. Any status is allowed while the disk is full, but a 201 is a promise. */
async function whileFull(): Promise<void> {
	const state = readState();
	for (let attempt = 0; attempt < ATTEMPTS_WHILE_FULL; attempt += 1) {
		const body = { tool: 'compress_heavy', input_file_id: state.fileId };
		const response = await call('POST', '/v1/jobs', { token: state.token, body }).catch(() => undefined);
		if (response?.status === 201) state.jobIds.push(response.body.data.id);
		await sleep(300);
	}
	// The disk must be full, otherwise the rehearsal proves nothing.
	const isStored = await uploadFile(state.token, makePdf()).then(
		() => true,
		() => false,
	);
	if (isStored) throw new Error('an upload was stored: the disk is not full');
	writeState(state);
}

/** Repeats until a whole new flow works; rejects with the last reason after {@link RECOVERY_MS}. */
async function untilNewJobSucceeds(token: string): Promise<number> {
	const startedAt = Date.now();
	while (true) {
		try {
			const job = await finishJob(token, await startJob(token, await uploadFile(token, makePdf())), 20_000);
			if (job.status === 'succeeded') return Date.now() - startedAt;
			throw new Error(`the new job ended as ${job.status} ${job.error_code}`);
		} catch (error) {
			if (Date.now() - startedAt > RECOVERY_MS) throw error;
			await sleep(1_000);
		}
	}
}

async function after(): Promise<void> {
	const { token, fileId, jobIds } = readState();
	const recoveryMs = await untilNewJobSucceeds(token);
	for (const id of jobIds) {
		const job = await finishJob(token, id);
		if (job.status !== 'succeeded')
			throw new Error(`accepted job ${id} ended as ${job.status} ${job.error_code}`);
		await downloadFile(token, job.output_file_id);
	}
	await downloadFile(token, fileId);
	process.stdout.write(
		`A new job succeeded ${(recoveryMs / 1_000).toFixed(1)} s after space was freed; ${jobIds.length} accepted jobs succeeded.\n`,
	);
}

if (step === 'before') await before();
if (step === 'while') await whileFull();
if (step === 'after') await after();
