import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a target of the Dockerfile sets for its containers, including its base stages. */
export interface Target {
	env: Record<string, string>;
	command: string[];
	user: string;
	exposed: number[];
	hasHealthcheck: boolean;
}

export const DOCKERFILE = join(import.meta.dirname, '..', 'Dockerfile');

const NOTHING: Target = { env: {}, command: [], user: 'root', exposed: [], hasHealthcheck: false };

/** Parses `A=1 B=2`, the only form that our ENV lines use. */
function readEnv(text: string): Record<string, string> {
	return Object.fromEntries(
		text.split(/\s+/).map((pair) => [pair.split('=')[0], pair.split('=').slice(1).join('=')]),
	);
}

function apply(target: Target, instruction: string, rest: string): Target {
	switch (instruction) {
		case 'ENV':
			return { ...target, env: { ...target.env, ...readEnv(rest) } };
		case 'CMD':
			return { ...target, command: JSON.parse(rest) as string[] };
		case 'USER':
			return { ...target, user: rest };
		case 'EXPOSE':
			return { ...target, exposed: [...target.exposed, Number(rest)] };
		case 'HEALTHCHECK':
			return { ...target, hasHealthcheck: true };
		default:
			return target;
	}
}

/** Returns the stages of the Dockerfile by name. */
export function readTargets(path = DOCKERFILE): Map<string, Target> {
	const targets = new Map<string, Target>();
	let name = '';
	for (const line of readFileSync(path, 'utf8').replaceAll('\\\n', ' ').split('\n')) {
		const [, instruction = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
		if (instruction === 'FROM') {
			const [base = '', , stage = ''] = rest.split(/\s+/);
			name = stage;
			targets.set(name, targets.get(base) ?? NOTHING);
		} else if (name !== '') {
			targets.set(name, apply(targets.get(name) ?? NOTHING, instruction, rest));
		}
	}
	return targets;
}
