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
curl -sS ${origin}/v1/auth/register \\
  -H 'Content-Type: application/json' -d "$ACCOUNT" > registered.json || true

curl -sS ${origin}/v1/auth/login \\
  -H 'Content-Type: application/json' -d "$ACCOUNT" > login.json
TOKEN=$(jq -r '.data.token // empty' login.json)
: "\${TOKEN:?no token: registered.json and login.json say why}"`,
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
				curl: `curl -sS ${origin}/v1/files \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{"name": "input.pdf", "mime_type": "application/pdf", "size_bytes": '$(wc -c < input.pdf)'}' \\
  > upload.json
FILE_ID=$(jq -r '.data.file_id // empty' upload.json)
: "\${FILE_ID:?no file: upload.json says why}"

curl -sS -X PUT "$(jq -r .data.upload_url upload.json)" \\
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
				curl: `curl -sS ${origin}/v1/jobs \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{"tool": "compress_heavy", "input_file_id": "'$FILE_ID'"}' \\
  > job.json
JOB_ID=$(jq -r '.data.id // empty' job.json)
: "\${JOB_ID:?no job: job.json says why}"`,
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
  curl -sS "${origin}/v1/jobs/\${JOB_ID:?}?wait=30" \\
    -H "Authorization: Bearer \${TOKEN:?}" > done.json
  jq -e '.data.status | IN("succeeded", "failed", "canceled")' done.json > /dev/null && break
  sleep 1
done

OUTPUT_ID=$(jq -r '.data.output_file_id // empty' done.json)
curl -sS "${origin}/v1/files/\${OUTPUT_ID:?no output: done.json says why}" \\
  -H "Authorization: Bearer $TOKEN" \\
  | jq -r .data.download_url | xargs curl -sS -o smaller.pdf`,
				javascript: `import { writeFile } from 'node:fs/promises';

const job = await creatorr.jobs.wait(id);
const { stream } = await creatorr.files.download(job.output_file_id);
await writeFile('smaller.pdf', stream);`,
			},
		},
	];
}
