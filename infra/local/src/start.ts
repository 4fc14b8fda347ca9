import { isPortFree } from './backing/ports.ts';
import { isHalfRestored } from './backup/restore-backup.ts';
import { packagesToStart } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { databaseOwners } from './stack/apps.ts';
import { claimHome, releaseHome } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { gatewayUrl } from './stack/gateway-url.ts';
import { printEvent } from './stack/print-event.ts';
import { product } from './stack/product.ts';
import { parseScale } from './stack/scale.ts';
import { readSettings } from './stack/settings.ts';
import { untilAborted } from './stack/until-aborted.ts';
import { welcome } from './stack/welcome.ts';
import { withSupervisor } from './stack/with-supervisor.ts';
import type { ProcessSnapshot } from './supervisor/process.ts';
import { StartError } from './supervisor/start-error.ts';

/** The whole product on this machine, in the foreground, until Ctrl-C. */
await runCommand(async (stop) => {
	const settings = readSettings(process.env, databaseOwners());
	const scale = parseScale(process.argv.slice(2));
	const ports = Array.from({ length: scale.gateway }, (_, index) => settings.gatewayPort + index);
	const urls = ports.map((port) => gatewayUrl(settings.environment, port));
	let processes = (): ProcessSnapshot[] => [];
	const { external, rabbitmq } = settings;
	const home = await claimHome(
		settings.homePath,
		() => ({ pid: process.pid, url: urls.join(', '), processes: processes() }),
		{ brokerBytes: external.amqpUrl === undefined ? rabbitmq?.diskFreeLimitBytes : 0 },
	);
	try {
		if (isHalfRestored(home)) {
			throw new StartError(
				`A restore into ${home.root} was interrupted. Run it again, or delete all data with \`npm run reset\`.`,
			);
		}
		await requirePorts(ports);
		await installPackages(packagesToStart({ ownBroker: settings.external.amqpUrl === undefined }), home);
		await requireUserNamespaces();
		const { steps, apps } = await product(settings, { home, scale, stop });
		await withSupervisor({ home, steps, apps, report: printEvent, stop }, async (snapshot) => {
			processes = snapshot;
			say(welcome(urls, home));
			await untilAborted(stop);
			say('Stopping.');
		});
	} finally {
		await releaseHome(home);
	}
	say('Stopped.');
	return 0;
});

async function requirePorts(ports: number[]): Promise<void> {
	for (const port of ports) {
		if (await isPortFree(port)) continue;
		throw new StartError(
			`Port ${port} is in use by another program. Stop it, or choose another port: GATEWAY_PORT=${port + 1000} npm start`,
		);
	}
}
