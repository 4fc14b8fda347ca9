import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { call, newPerson, type Person, signIn } from '../../driver/client.ts';
import { downloadFile, finishJob, startJob, uploadFile } from '../../driver/flow.ts';
import { makePdf } from '../../driver/pdf.ts';

/** Results of the load of `npm run rehearse:upgrade`, for its later step `inspect`. */
interface Served {
	rounds: number;
	person: Person;
	outputId: string;
}

const [step, path = ''] = process.argv.slice(2);

/** Does what a user does. Nothing may fail. */
async function round(): Promise<Omit<Served, 'rounds'>> {
	const person = await newPerson();
	const job = await finishJob(
		person.token,
		await startJob(person.token, await uploadFile(person.token, makePdf())),
	);
	assert.equal(job.status, 'succeeded');
	assert.equal((await downloadFile(person.token, job.output_file_id)).subarray(0, 5).toString(), '%PDF-');
	await signIn(person.email);
	return { person, outputId: job.output_file_id };
}

if (step === 'load') {
	for (let rounds = 1; !existsSync(`${path}.enough`); rounds += 1) {
		writeFileSync(`${path}.new`, JSON.stringify({ rounds, ...(await round()) } satisfies Served));
		renameSync(`${path}.new`, path);
	}
}

if (step === 'inspect') {
	const { person, outputId } = JSON.parse(readFileSync(path, 'utf8')) as Served;
	assert.equal((await call('GET', '/v1/me', { token: person.token })).status, 200);
	assert.ok((await downloadFile(person.token, outputId)).length > 0);
	await round();
}
