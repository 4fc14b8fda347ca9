import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const CALL = /crashPoint\('([^']+)'\)/g;

export interface CrashTarget {
	point: string;
	/** The app that dies there. */
	app: string;
}

/** The apps that pass a crash point, by the first part of its name. */
const APPS: Record<string, readonly string[]> = {
	jobs: ['jobs'],
	files: ['files'],
	auth: ['auth'],
	billing: ['billing'],
	worker: ['tool-worker'],
	webhooks: ['webhooks'],
	publisher: ['jobs', 'auth', 'billing', 'webhooks', 'tool-worker'],
	relay: ['jobs', 'auth', 'billing', 'webhooks'],
	consumer: ['jobs', 'files', 'auth', 'billing', 'webhooks', 'tool-worker'],
	// Commands of operators run beside the product. Their own tests kill them.
	command: [],
};

/** Finds every crash point in the sources of services, once for each app that passes it. */
export function findCrashTargets(): CrashTarget[] {
	const files = globSync('{apps,packages}/*/src/**/*.ts', { cwd: REPOSITORY });
	const sources = files.filter((path) => !/\.test\.ts$|\/generated\//.test(path));
	const points = sources.flatMap((path) =>
		[...readFileSync(join(REPOSITORY, path), 'utf8').matchAll(CALL)].map(([, point = '']) => point),
	);
	const twice = points.filter((point, index) => points.indexOf(point) !== index);
	if (twice.length > 0) throw new Error(`crash points must have names of their own: ${twice.join(', ')}`);
	return points.toSorted().flatMap((point) => {
		const apps = APPS[point.split('.')[0] ?? ''];
		if (!apps) throw new Error(`no app is known to pass the crash point ${point}`);
		return apps.map((app) => ({ point, app }));
	});
}
