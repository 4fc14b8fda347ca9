import { isPortFree } from './backing/ports.ts';
import { isHalfRestored } from './backup/backup.ts';
import { packagesToStart } from './machine/debian-packages.ts';
import { prepareMachine } from './machine/prepare-machine.ts';
import { gatewayUrl, homePath, readSettings } from './settings/settings.ts';
import { requireSpace, withHome } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { printEvent } from './stack/print-event.ts';
import { product } from './stack/product.ts';
import { parseScale } from './stack/scale.ts';
import { CommandError } from './supervisor/command-error.ts';
import type { Home } from './supervisor/home.ts';
import { untilAborted, withSupervisor } from './supervisor/supervisor.ts';

/** Runs the whole product on this machine, in the foreground, until Ctrl-C. */
await runCommand(async (stop) => {
	const settings = readSettings(process.env);
	const scale = parseScale(process.argv.slice(2));
	const { external, rabbitmq } = settings;
	const ownBroker = external.amqpUrl === undefined;
	const ports = Array.from({ length: scale.gateway }, (_, index) => settings.gatewayPort + index);
	const urls = ports.map((port) => gatewayUrl(settings.environment, port));
	await withHome(homePath(), { url: urls.join(', ') }, async (home) => {
		requireSpace(home, ownBroker ? rabbitmq.diskFreeLimitBytes : 0);
		if (isHalfRestored(home)) {
			throw new CommandError(
				`A restore into ${home.root} was interrupted. Run it again, or delete all data with \`npm run reset\`.`,
			);
		}
		await requirePorts(ports);
		await prepareMachine(packagesToStart({ ownBroker }), home);
		const { steps } = await product(settings, { home, scale, stop });
		await withSupervisor({ home, steps, report: printEvent, stop }, async () => {
			say(welcome(urls, home));
			await untilAborted(stop);
			say('Stopping.');
		});
	});
	say('Stopped.');
	return 0;
});

async function requirePorts(ports: number[]): Promise<void> {
	for (const port of ports) {
		if (await isPortFree(port)) continue;
		throw new CommandError(
			`Port ${port} is in use by another program. Stop it, or choose another port: GATEWAY_PORT=${port + 1000} npm start`,
		);
	}
}

function welcome([url = '', ...others]: string[], home: Home): string {
	return `
creatorr runs at ${[url, ...others].join(', ')}

  open   ${url}   in a browser
  try    curl -s ${url}/v1/auth/register -H 'Content-Type: application/json' -d '{"email":"you@example.com","password":"correct horse battery"}'
  logs   ${home.logs}/<name>.log
  stop   Ctrl-C here, or npm run stop
`;
}
