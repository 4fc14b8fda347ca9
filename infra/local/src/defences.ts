import { type Defence, needsServices } from './checks/defences/defence.ts';
import { DEFENCES } from './checks/defences/list.ts';
import { defencesTable } from './checks/defences/table.ts';
import { type Trial, tryDefences } from './checks/defences/try-defences.ts';
import { withTestHome } from './checks/test-home.ts';
import { packagesToTest } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { runCommand, say } from './stack/command.ts';
import { generateCode } from './stack/generate-code.ts';
import { printTrouble } from './stack/print-event.ts';
import { testServices } from './stack/test-services.ts';
import { withSupervisor } from './stack/with-supervisor.ts';
import type { Home } from './supervisor/home.ts';

/** Takes out every defence, or those whose name, file or suite has one of the arguments in it, and prints which test fails without it. */
await runCommand(async (stop) => {
	const chosen = DEFENCES.filter((one) => isMeant(one, process.argv.slice(2)));
	return await withTestHome(async ({ home }) => {
		await installPackages(packagesToTest(), home);
		await requireUserNamespaces();
		await generateCode(home.root, stop);
		const trials = chosen.some(needsServices)
			? await tryWithServices(home, chosen, stop)
			: await tryAll(home, chosen, {}, stop);
		const missed = trials.filter(({ problem }) => problem === undefined).length;
		say(`\n${defencesTable(trials)}\n\n${missed} of ${chosen.length} are missed when they are gone`);
		return missed === chosen.length && missed > 0 ? 0 : 1;
	});
});

function isMeant({ name, file, suite }: Defence, texts: readonly string[]): boolean {
	return texts.length === 0 || texts.some((text) => [name, file, suite].some((one) => one.includes(text)));
}

async function tryWithServices(home: Home, chosen: Defence[], stop: AbortSignal): Promise<Trial[]> {
	const { steps, environment } = await testServices(home);
	let trials: Trial[] = [];
	await withSupervisor({ home, steps, apps: new Set(), report: printTrouble, stop }, async () => {
		trials = await tryAll(home, chosen, environment, stop);
	});
	return trials;
}

function tryAll(
	home: Home,
	chosen: Defence[],
	environment: Record<string, string>,
	stop: AbortSignal,
): Promise<Trial[]> {
	return tryDefences(chosen, { environment, homeRoot: home.root, stop }, sayTrial);
}

function sayTrial({ defence: { name }, problem }: Trial): void {
	say(problem === undefined ? `missed: ${name}` : `\nNOT MISSED: ${name}: ${problem}\n`);
}
