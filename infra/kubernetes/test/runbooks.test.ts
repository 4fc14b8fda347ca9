import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS } from '@creatorr/docker/apps';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { appContainer, ofKind } from '../src/cluster.ts';
import { OVERLAYS, renderOverlay } from '../src/render.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
/** Commands that act on the cluster as a whole, or name the namespace in what they apply. */
const WITHOUT_NAMESPACE = /kubectl (create namespace|apply --kustomize|get endpointslices)/;

const pages = globSync('docs/**/*.md', { cwd: REPOSITORY }).map((file) => ({
	file,
	text: readFileSync(join(REPOSITORY, file), 'utf8'),
}));

const commandsOf = (pattern: RegExp) =>
	pages.flatMap(({ file, text }) => [...text.matchAll(pattern)].map(([command]) => ({ file, command })));
const kubectlCommands = commandsOf(/kubectl [a-z]+ [^`\n]*/g);

/** Returns what the commands name, without repeats: the first group of each match, whose parts spaces separate. */
function namesIn(commands: readonly { command: string }[], pattern: RegExp): string[] {
	const found = commands.flatMap(({ command }) => [...command.matchAll(pattern)]);
	const names = [...new Set(found.flatMap(([, group = '']) => group.split(' ')))];
	if (names.length === 0) throw new Error(`no command has ${pattern}`);
	return names;
}

test('every kubectl command of the docs names its namespace', () => {
	const commands = kubectlCommands;
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

test.each(OVERLAYS)('every kubectl command of the docs names what the overlay %s has', async (overlay) => {
	const resources = await renderOverlay(overlay);
	const namesOf = (kind: string) => ofKind(resources, kind).map(({ metadata }) => metadata.name);
	const brokers = namesOf('RabbitmqCluster');
	const brokerUrls = APPS.flatMap((app) => appContainer(resources, app).env ?? [])
		.filter(({ name }) => name === 'AMQP_URL')
		.map(({ value = '' }) => value);
	const expected: [pattern: RegExp, names: string[]][] = [
		// Every cluster has the namespace `default`.
		[/--namespace (\S+)/g, [...namesOf('Namespace'), 'default']],
		[/(?:deploy(?:ment)?\/|scale deployment )([a-z-]+(?: [a-z]+[a-z-]*)*)/g, namesOf('Deployment')],
		[/\/name=([a-z-]+)/g, [...namesOf('Deployment'), ...namesOf('DaemonSet'), ...brokers]],
		[/rabbitmqcluster ([a-z-]+)/g, brokers],
		[/scaledobject ([a-z-]+)/g, namesOf('ScaledObject')],
		[/hpa ([a-z-]+)/g, namesOf('HorizontalPodAutoscaler')],
		[/statefulset\/([a-z-]+)/g, brokers.map((name) => `${name}-server`)],
		[/exec (?:--namespace \S+ )?(\S+-\d+) /g, brokers.map((name) => `${name}-server-0`)],
		[/--vhost ([^\s']+)/g, brokerUrls.map((url) => decodeURIComponent(url.slice(url.lastIndexOf('/') + 1)))],
	];
	for (const [pattern, names] of expected) {
		const unknown = namesIn(kubectlCommands, pattern).filter((name) => !names.includes(name));
		expect([pattern, unknown]).toEqual([pattern, []]);
	}
});

test('every command for Docker Compose names services, volumes, a virtual host and a user that the Compose file has', () => {
	const { services, volumes } = parse(readFileSync(join(REPOSITORY, 'docker-compose.yml'), 'utf8'));
	const commands = commandsOf(/docker (?:compose|run) [^`\n]*/g);
	for (const pattern of [
		/compose (?:exec|cp) ([a-z-]+)/g,
		// Options may have a value with a digit or an equals sign: --since 1h, --scale tool-worker=4.
		/compose (?:logs|ps|restart|stop|up)(?: --[a-z-]+(?:[ =][\w-]*[\d=][\w-]*)?)* ([a-z][a-z-]*(?: [a-z][a-z-]*)*)/g,
	])
		expect(Object.keys(services)).toEqual(expect.arrayContaining(namesIn(commands, pattern)));
	expect(Object.keys(volumes)).toEqual(
		expect.arrayContaining(namesIn(commands, /--volume creatorr_([a-z]+):/g)),
	);
	expect(namesIn(commands, /--vhost ([^\s']+)/g)).toEqual([
		services.rabbitmq.environment.RABBITMQ_DEFAULT_VHOST,
	]);
	// The image's default.
	expect(namesIn(commands, /--username[ =](\S+)/g)).toEqual([
		services.postgres.environment.POSTGRES_USER ?? 'postgres',
	]);
});
