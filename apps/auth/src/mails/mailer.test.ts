import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createMailer } from './mailer.ts';

test('a mail in a directory has its lines as they were written, so that people can copy links', async () => {
	const directory = await mkdtemp(join(tmpdir(), 'mails-'));
	try {
		const mailer = createMailer({ from: 'creatorr <no-reply@example.com>', smtpUrl: undefined, directory });
		const link = `http://127.0.0.1:8080/verify-email#token=${'AB-_'.repeat(11)}`;
		const text = `To verify your address – once –, open:\n\n${link}\n`;
		await mailer.send({ to: 'you@example.com', subject: 'Verify', text });
		const [name = ''] = await readdir(directory);
		const mail = await readFile(join(directory, name), 'utf8');
		expect(mail.replaceAll('\r\n', '\n')).toContain(`\n\n${text}`);
		expect(mail).toContain('Content-Transfer-Encoding: 8bit');
	} finally {
		await rm(directory, { recursive: true });
	}
});
