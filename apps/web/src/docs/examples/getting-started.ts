import type { Examples } from './language.ts';

interface Step {
	title: string;
	text: string;
	examples: Examples;
}

/** Returns the steps from sign-up to a result. They run one after the other in one shell or program. */
export function gettingStarted(origin: string): Step[] {
	return [
		{
			title: 'Sign up',
			text: 'Sign up once. After that, sign in: signing up again returns the error email_taken. Send the token with every request.',
			examples: {
				curl: `ACCOUNT='{"email": "you@example.com", "password": "correct horse battery"}'
curl -s ${origin}/v1/auth/register \\
  -H 'Content-Type: application/json' -d "$ACCOUNT" > registered.json || true

TOKEN=$(curl -s ${origin}/v1/auth/login \\
  -H 'Content-Type: application/json' -d "$ACCOUNT" | jq -r '.data.token // empty')
: "\${TOKEN:?no token: registered.json says why}"`,
				javascript: `import { createClient } from '@creatorr/client';

let token;
const creatorr = createClient({
  baseUrl: '${origin}',
  token: () => token,
});

const account = { email: 'you@example.com', password: 'correct horse battery' };
({ token } = await creatorr.account.register(account).catch((error) => {
  if (error.code !== 'email_taken') throw error;
  return creatorr.account.login(account);
}));`,
			},
		},
		{
			title: 'Upload a file',
			text: 'Say which file you upload, then send it to the presigned URL in the response. Files above 5 GB are uploaded in parts.',
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
			text: 'A job runs one tool on one file. The chapter Tools lists all tools with their params.',
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
			title: 'Wait and download',
			text: 'With wait=30, the API responds when the job changes, or after 30 seconds. The output is a file like any other.',
			examples: {
				curl: `for try in $(seq 60); do
  curl -s "${origin}/v1/jobs/$JOB_ID?wait=30" \\
    -H "Authorization: Bearer \${TOKEN:?}" > job.json
  jq -e '.data.status | IN("succeeded", "failed", "canceled")' job.json > /dev/null && break
  sleep 1
done

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
