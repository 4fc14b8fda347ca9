import { DEFENCES } from './checks/defences/list.ts';
import { type Trial, tryDefences } from './checks/defences/try-defences.ts';
import { withTestHome } from './checks/test-home.ts';
import { packagesToTest } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { runCommand, say } from './stack/command.ts';
import { generateClients } from './stack/generate-clients.ts';
import { printTrouble } from './stack/print-event.ts';
import { testServices } from './stack/test-services.ts';
import { withSupervisor } from './stack/with-supervisor.ts';
import type { Home } from './supervisor/home.ts';

/** Takes out every defence, or those whose name has the argument in it, and prints which test fails without it. */
await runCommand(async (stop) => {
	const filter = process.argv[2] ?? '';
	const chosen = DEFENCES.filter(({ name, file }) => name.includes(filter) || file.includes(filter));
	return await withTestHome(async ({ home }) => {
		await installPackages(packagesToTest(), home);
		await requireUserNamespaces();
		const trials = await tryAll(home, chosen, stop);
		const caught = trials.filter(({ problem }) => problem === undefined).length;
		say(`${caught} of ${chosen.length} are missed when they are gone`);
		return caught === chosen.length && caught > 0 ? 0 : 1;
	});
});

async function tryAll(home: Home, chosen: typeof DEFENCES, stop: AbortSignal): Promise<Trial[]> {
	const services = await testServices(home);
	let trials: Trial[] = [];
	await withSupervisor(
		{ home, steps: services.steps, apps: new Set(), report: printTrouble, stop },
		async () => {
			await generateClients(home.root, stop);
			const surroundings = { environment: services.environment, homeRoot: home.root, stop };
			trials = await tryDefences(chosen, surroundings, sayTrial);
		},
	);
	return trials;
}

function sayTrial({ defence: { name, file, suite, test }, problem }: Trial): void {
	if (problem !== undefined) say(`NOT MISSED  ${name} (${file})\n${problem}\n`);
	else say(`missed      ${name} (${file})\n            by ${suite}: ${test}`);
}
