import type { Examples } from './language.ts';

export interface Step {
	title: string;
	words: string;
	examples: Examples;
}

/** From nothing to a file that a tool has worked on. The steps follow each other in one shell, or one program. */
export function gettingStarted(origin: string): Step[] {
	return [
		{
			title: 'Sign up',
			words:
				'An account is an email and a password. The token that you get goes with every call. If you have an account, sign in instead: the same body to /v1/auth/login.',
			examples: {
				curl: `TOKEN=$(curl -s ${origin}/v1/auth/register \\
  -H 'Content-Type: application/json' \\
  -d '{"email": "you@example.com", "password": "correct horse battery"}' \\
  | jq -r .data.token)`,
				javascript: `import { createClient } from '@creatorr/client';

let token;
const creatorr = createClient({
  baseUrl: '${origin}',
  token: () => token,
});

({ token } = await creatorr.account.register({
  email: 'you@example.com',
  password: 'correct horse battery',
}));`,
			},
		},
		{
			title: 'Upload a file',
			words:
				'Say what comes, and send the bytes to the URL that you get: they go straight to the store. Files above 5 GB go in parts.',
			examples: {
				curl: `curl -s ${origin}/v1/files \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{"name": "input.pdf", "mime_type": "application/pdf", "size_bytes": '$(wc -c < input.pdf)'}' \\
  > upload.json

curl -s -X PUT "$(jq -r .data.upload_url upload.json)" \\
  -H 'Content-Type: application/pdf' \\
  --data-binary @input.pdf`,
				javascript: `const file = await creatorr.files.upload(
  { path: 'input.pdf' },
  { mimeType: 'application/pdf' },
);`,
			},
		},
		{
			title: 'Create a job',
			words: 'A job is one run of a tool on a file. What a tool can be told stands under Tools.',
			examples: {
				curl: `JOB_ID=$(curl -s ${origin}/v1/jobs \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{"tool": "compress_heavy", "input_file_id": "'$(jq -r .data.file_id upload.json)'"}' \\
  | jq -r .data.id)`,
				javascript: `const { id } = await creatorr.jobs.create({
  tool: 'compress_heavy',
  input_file_id: file.id,
});`,
			},
		},
		{
			title: 'Wait, and download',
			words:
				'The answer is held until something changes, 30 seconds at most: no need to ask again and again. What comes out is a file like any other.',
			examples: {
				curl: `until curl -s "${origin}/v1/jobs/$JOB_ID?wait=30" \\
  -H "Authorization: Bearer $TOKEN" > job.json
  jq -e '.data.status | IN("succeeded", "failed", "canceled")' job.json > /dev/null; do :; done

curl -s "${origin}/v1/files/$(jq -r .data.output_file_id job.json)" \\
  -H "Authorization: Bearer $TOKEN" \\
  | jq -r .data.download_url | xargs curl -s -o smaller.pdf`,
				javascript: `import { writeFile } from 'node:fs/promises';

const job = await creatorr.jobs.wait(id);
const { stream } = await creatorr.files.download(job.output_file_id);
await writeFile('smaller.pdf', stream);`,
			},
		},
	];
}
