import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS } from '@creatorr/docker/apps';
import { expect, test } from '@jest/globals';

const REPOSITORY = join(import.meta.dirname, '../../..');
/** Commands that act on the cluster as a whole, or name the namespace in what they apply. */
const WITHOUT_NAMESPACE = /kubectl (create namespace|apply --kustomize|get endpointslices)/;

const pages = globSync('docs/**/*.md', { cwd: REPOSITORY }).map((file) => ({
	file,
	text: readFileSync(join(REPOSITORY, file), 'utf8'),
}));

test('every kubectl command of the docs names its namespace', () => {
	const commands = pages.flatMap(({ file, text }) =>
		[...text.matchAll(/kubectl [a-z]+ [^`\n]*/g)].map(([command]) => ({ file, command })),
	);
	expect(commands.length).toBeGreaterThan(5);
	expect(
		commands.filter(({ command }) => !command.includes('--namespace') && !WITHOUT_NAMESPACE.test(command)),
	).toEqual([]);
});

test('the restore starts every app that it stopped, and KEDA with them', () => {
	const restore = pages.find(({ file }) => file === 'docs/runbooks/backup.md')?.text ?? '';
	const scaled = (replicas: string) =>
		new RegExp(`kubectl scale deployment ([a-z -]+) --replicas ${replicas} `).exec(restore)?.[1]?.split(' ');
	expect(scaled('0')?.toSorted()).toEqual([...APPS].toSorted());
	expect(scaled('2')).toEqual(scaled('0'));
	expect(restore).toContain('autoscaling.keda.sh/paused-replicas- ');
});
