import { formatBytes, type Job, runningText, type Tool } from '@creatorr/client';
import { Link } from 'react-router';
import type { FileState } from '../api/file-queries.ts';
import { fieldsOf } from '../params/fields.ts';
import { endSentence, formatDateTime } from '../ui/format.ts';
import { describeFailure } from '../uploads/list/describe-failure.ts';
import { isCompression, savedPercent } from '../uploads/list/outcome.ts';
import styles from './job-outcome.module.css';
import { canRunAgain, missingPassword } from './required-secrets.ts';

/** The progress, result or error of a job. */
export function JobOutcome({
	job,
	tool,
	isInputGone,
	output,
}: {
	job: Job;
	tool: Tool | undefined;
	isInputGone: boolean;
	output: FileState | undefined;
}) {
	switch (job.status) {
		case 'queued':
			return (
				<p className={styles.words}>
					{tool?.available === false
						? 'This tool is temporarily unavailable. The job starts when it’s back.'
						: 'Queued'}
				</p>
			);
		case 'running':
			return (
				<p className={styles.running}>
					<progress max={100} value={job.progress} aria-label="Progress" />
					{runningText(job)}
				</p>
			);
		case 'failed':
			return <Failed job={job} tool={tool} isInputGone={isInputGone} />;
		case 'canceled':
			return <p className={styles.words}>Canceled</p>;
		case 'succeeded':
			return <Result job={job} output={output} />;
	}
}

/** Failures whose message says which file to add. */
const SAYS_WHICH_FILE: ReadonlySet<string> = new Set([
	'corrupt_input',
	'encrypted_input',
	'limit_exceeded',
	'unsupported_input',
]);

interface FailedProps {
	job: Job;
	tool: Tool | undefined;
	isInputGone: boolean;
}

/** Says what helps on this page: to run the job again, or to open the tool. */
function Failed({ job, tool, isInputGone }: FailedProps) {
	const { error_code: code = 'internal', error_message: message = '' } = job;
	const fields = tool ? fieldsOf(tool) : [];
	const { title, text, remedies } = describeFailure({ code, message, details: [] }, fields);
	const isRepeatable = !isInputGone && canRunAgain(job, fields);
	const needsPassword = missingPassword(job, fields) !== undefined;
	return (
		<p className={styles.failed}>
			<strong>{endSentence(title)}</strong>{' '}
			{isRepeatable ? runAgainAdvice(text, needsPassword) : withoutRetry(text, needsPassword)}{' '}
			{tool && !isRepeatable && (
				<>
					<Link to={`/tools/${tool.slug}`}>Open “{tool.title}”</Link>
					{needsPassword
						? ' and add the file again, then enter its password.'
						: SAYS_WHICH_FILE.has(code)
							? '.'
							: ' and add the file again.'}
				</>
			)}{' '}
			{remedies.includes('upgrade') && <Link to="/pricing">See Pro</Link>}
		</p>
	);
}

function runAgainAdvice(text: string, needsPassword: boolean): string {
	if (needsPassword) return 'Choose “Run again”, then enter the file’s password.';
	return text.replace(/^Try again\b/, 'Choose “Run again”');
}

/** Leaves out what the link to the tool says. */
function withoutRetry(text: string, needsPassword: boolean): string {
	return needsPassword ? '' : text.replace(/^(Try again\b.*|Upload it again\.)$/, '');
}

function Result({ job: { tool, result }, output }: { job: Job; output: FileState | undefined }) {
	const saved = result && isCompression(tool) && savedPercent(result.bytes_in, result.bytes_out);
	return (
		<p className={styles.result}>
			{result && (
				<span>
					{formatBytes(result.bytes_in)} → {formatBytes(result.bytes_out)}
				</span>
			)}
			{saved && <span className={styles.saved}>−{saved}%</span>}
			<span className={styles.kept}>{retentionText(output)}</span>
		</p>
	);
}

function retentionText(output: FileState | undefined): string {
	if (output?.kind === 'kept') return `kept until ${formatDateTime(output.file.expires_at)}`;
	if (output?.kind !== 'gone') return '';
	const { expiresAt } = output;
	const isExpired = expiresAt !== undefined && Date.parse(expiresAt) <= Date.now();
	return isExpired ? `expired ${formatDateTime(expiresAt)}` : 'deleted';
}
