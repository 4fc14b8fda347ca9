import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import type { Home } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';

/** Below the range that Linux gives to outgoing connections (32768 and up), so that none of those takes a port of ours. */
const LOWEST = 15_000;
const HIGHEST = 32_000;
/** Public ports are chosen before the others, which must not take them meanwhile: they come from a range of their own. */
const LOWEST_PUBLIC = 10_000;
const ATTEMPTS = 200;

const savedPorts = z.record(z.string(), z.int().min(1).max(65_535));

/** What this process gave to any home. A port stays free until its server listens, and homes may start side by side. */
const given = new Set<number>();

/** Whether a server of ours could listen there now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, host, () => server.close(() => resolve(true)));
	});
}

/**
 * A loopback port for each name: the same as last time where it is still free, so that addresses in clients and
 * presigned URLs outlive a restart; another where it is taken. Remembered in ports.json.
 * @param reserved that others will listen on, who have not begun yet
 * @throws StartError when no port is free
 */
export async function choosePorts<Name extends string>(
	home: Home,
	names: Name[],
	reserved: number[] = [],
): Promise<Record<Name, number>> {
	const ports = readPorts(home);
	for (const name of names) {
		const known = ports[name];
		if (known !== undefined && !reserved.includes(known) && (await isPortFree(known))) continue;
		ports[name] = await pickPort(new Set([...Object.values(ports), ...reserved]));
	}
	writeFileSync(portsFile(home), `${JSON.stringify(ports, null, 2)}\n`, { mode: 0o600 });
	return ports as Record<Name, number>;
}

/** The ports that are remembered, by name; none before the first start, nor where the file was cut short by a full disk. */
export function readPorts(home: Home): Record<string, number> {
	try {
		return savedPorts.parse(JSON.parse(readFileSync(portsFile(home), 'utf8')));
	} catch {
		return {};
	}
}

function portsFile(home: Home): string {
	return join(home.root, 'ports.json');
}

async function pickPort(taken: Set<number>): Promise<number> {
	for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
		const port = randomInt(LOWEST, HIGHEST);
		if (taken.has(port) || given.has(port)) continue;
		given.add(port);
		if (await isPortFree(port)) return port;
	}
	throw new StartError(`No free port between ${LOWEST} and ${HIGHEST}. Stop some servers on this machine.`);
}

/**
 * The first of several free ports in a row.
 * @throws StartError when there are none
 */
export async function pickConsecutivePorts(count: number): Promise<number> {
	for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
		const first = randomInt(LOWEST_PUBLIC, LOWEST - count);
		const ports = Array.from({ length: count }, (_, index) => first + index);
		if (ports.some((port) => given.has(port))) continue;
		for (const port of ports) given.add(port);
		if ((await Promise.all(ports.map((port) => isPortFree(port)))).every(Boolean)) return first;
	}
	throw new StartError(`No ${count} consecutive free ports. Stop some servers on this machine.`);
}
