import { formatBytes, formatBytesAbove, type Tool, type User } from '@creatorr/client';
import { extensionOf, typeNames, typeOf } from './media-types.ts';

/** A file that a tool does not accept. */
export interface FileRejection {
	name: string;
	/** A sentence that says what to do. */
	reason: string;
	/** Another tool or plan that accepts the file. */
	help?: { kind: 'tool'; slug: string; title: string } | { kind: 'pro' } | undefined;
}

type Candidate = Pick<File, 'name' | 'type' | 'size'>;

/** Undefined for visitors, who get the limits of the free plan. */
type PlanOfVisitor = User['plan'] | undefined;

/**
 * Whether the tool may accept the file, by its type and extension; the API inspects its bytes. Unknown types are
 * accepted, and so is any kind of text if the tool accepts text.
 */
export function acceptsType(tool: Tool, file: Candidate): boolean {
	const type = typeOf(file);
	if (type === undefined || tool.accepts.includes(type)) return true;
	return type.startsWith('text/') && tool.accepts.includes('text/plain');
}

/** Returns why a tool does not accept a file, as far as that is known before the upload; undefined if it does. */
export function rejectionOf(
	file: Candidate,
	tool: Tool,
	tools: readonly Tool[],
	plan: PlanOfVisitor,
): FileRejection | undefined {
	const { name } = file;
	if (!acceptsType(tool, file)) {
		const other = tools.find((one) => acceptsType(one, file));
		const kind = extensionOf(name) ? `.${extensionOf(name)}` : 'this type';
		return {
			name,
			reason: `“${tool.title}” accepts only ${typeNames(tool.accepts)} files, not ${kind}.`,
			help: other && { kind: 'tool', slug: other.slug, title: other.title },
		};
	}
	if (file.size === 0)
		return { name, reason: 'The file is empty. Check that it was saved or downloaded completely.' };
	return tooLarge(file, tool, plan);
}

function tooLarge(
	{ name, size }: Candidate,
	{ plans, title }: Tool,
	plan: PlanOfVisitor,
): FileRejection | undefined {
	const limit = plans[plan ?? 'free'].max_input_bytes;
	if (size <= limit) return undefined;
	const ofPro = plans.pro.max_input_bytes;
	const isOverPro = size > ofPro;
	const [whose, remedy] = isOverPro
		? ['', 'Split it into smaller files.']
		: ['Free ', `Pro allows ${formatBytes(ofPro)}.`];
	const reason = `This file is ${formatBytesAbove(isOverPro ? ofPro : limit, size)}. The ${whose}limit for “${title}” is ${formatBytes(isOverPro ? ofPro : limit)}. ${remedy}`;
	return { name, reason, help: isOverPro ? undefined : { kind: 'pro' } };
}

/** Splits files into accepted and rejected ones. */
export function partitionFiles<F extends Candidate>(
	files: readonly F[],
	tool: Tool,
	tools: readonly Tool[],
	plan: PlanOfVisitor,
): { accepted: F[]; rejections: FileRejection[] } {
	const accepted: F[] = [];
	const rejections: FileRejection[] = [];
	for (const file of files) {
		const rejection = rejectionOf(file, tool, tools, plan);
		if (rejection) rejections.push(rejection);
		else accepted.push(file);
	}
	return { accepted, rejections };
}
