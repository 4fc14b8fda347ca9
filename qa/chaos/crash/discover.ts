import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const CALL = /crashPoint\('([^']+)'\)/g;

/** A moment at which a process is killed. */
export interface Site {
	point: string;
	/** The app that dies there. */
	app: string;
}

/** Of points in shared code: the apps in which they are passed. */
const SHARED: Record<string, readonly string[]> = {
	publisher: ['jobs', 'auth', 'billing', 'tool-worker'],
	relay: ['jobs', 'auth', 'billing'],
	consumer: ['jobs', 'files', 'auth', 'billing', 'tool-worker'],
};

/** Of points in one app, whose name they begin with. */
const OWN: Record<string, string> = {
	jobs: 'jobs',
	files: 'files',
	auth: 'auth',
	billing: 'billing',
	worker: 'tool-worker',
};

/** Points in commands of operators, beside the running product: their own tests kill them there. */
const IN_COMMANDS = 'command';

/** Every point that stands in a service's source, in each app that passes it: a new one is found by itself. */
export function discoverSites(): Site[] {
	const files = globSync('{apps,packages}/*/src/**/*.ts', { cwd: REPOSITORY });
	const sources = files.filter((path) => !/\.test\.ts$|\/generated\//.test(path));
	const points = sources.flatMap((path) =>
		[...readFileSync(join(REPOSITORY, path), 'utf8').matchAll(CALL)].map(([, point = '']) => point),
	);
	const twice = points.filter((point, index) => points.indexOf(point) !== index);
	if (twice.length > 0) throw new Error(`crash points must have names of their own: ${twice.join(', ')}`);
	return points.toSorted().flatMap(sitesOf);
}

function sitesOf(point: string): Site[] {
	const [begin = ''] = point.split('.');
	if (begin === IN_COMMANDS) return [];
	const own = OWN[begin];
	const apps = own ? [own] : SHARED[begin];
	if (!apps) throw new Error(`nobody knows in which app the crash point ${point} is passed`);
	return apps.map((app) => ({ point, app }));
}
