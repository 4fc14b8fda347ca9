import type { Tool, User } from '@creatorr/client';
import { formatBytes } from '../ui/format.ts';
import { extensionOf, typeNames, typeOf } from './media-types.ts';

/** A file that a tool does not take. */
export interface Refusal {
	name: string;
	/** A sentence that says what the person can do. */
	reason: string;
	/** Another tool that takes it, or a larger plan that would. */
	help?: { kind: 'tool'; slug: string; title: string } | { kind: 'pro' } | undefined;
}

type Candidate = Pick<File, 'name' | 'type' | 'size'>;

/** Undefined for a visitor, who may sign up: for free. */
export type PlanOfPerson = User['plan'] | undefined;

/**
 * Whether the tool may take it; what a file really is, the API tells by its bytes. One of no known type is let through, and so
 * is every kind of text where text is taken.
 */
export function takesType(tool: Tool, file: Candidate): boolean {
	const type = typeOf(file);
	if (type === undefined || tool.accepts.includes(type)) return true;
	return type.startsWith('text/') && tool.accepts.includes('text/plain');
}

/** Why a tool does not take a file, as far as can be told before it is uploaded; undefined where it does. */
export function refusalOf(
	file: Candidate,
	tool: Tool,
	tools: readonly Tool[],
	plan: PlanOfPerson,
): Refusal | undefined {
	const { name } = file;
	if (!takesType(tool, file)) {
		const other = tools.find((one) => takesType(one, file));
		const kind = extensionOf(name) ? `.${extensionOf(name)} files` : 'this kind of file';
		return {
			name,
			reason: `${tool.title} doesn’t take ${kind}, but ${typeNames(tool.accepts)}.`,
			help: other && { kind: 'tool', slug: other.slug, title: other.title },
		};
	}
	if (file.size === 0) return { name, reason: 'The file is empty.' };
	return tooLarge(file, tool, plan);
}

function tooLarge(
	{ name, size }: Candidate,
	{ plans, title }: Tool,
	plan: PlanOfPerson,
): Refusal | undefined {
	const limit = plans[plan ?? 'free'].max_input_bytes;
	if (size <= limit) return undefined;
	const ofPro = plans.pro.max_input_bytes;
	const reason = `It is ${formatBytes(size)} large, and ${title} takes up to ${formatBytes(limit)}`;
	if (size > ofPro) return { name, reason: `${reason}. Split it, or make it smaller first.` };
	return {
		name,
		reason: `${reason} on the free plan, ${formatBytes(ofPro)} on Pro.`,
		help: { kind: 'pro' },
	};
}

/** Those that can be taken, and why the others can't. */
export function sortOut<F extends Candidate>(
	files: readonly F[],
	tool: Tool,
	tools: readonly Tool[],
	plan: PlanOfPerson,
): { taken: F[]; refused: Refusal[] } {
	const taken: F[] = [];
	const refused: Refusal[] = [];
	for (const file of files) {
		const refusal = refusalOf(file, tool, tools, plan);
		if (refusal) refused.push(refusal);
		else taken.push(file);
	}
	return { taken, refused };
}
