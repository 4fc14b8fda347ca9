import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError } from '../supervisor/command-error.ts';
import type { Home } from '../supervisor/home.ts';

/** Below the range that Linux uses for outgoing connections (32768 and up), so that none of those takes one of these ports. */
const INTERNAL = [15_000, 32_000] as const;
/** A separate range: public ports are chosen first, and internal ones must not take them before their servers listen. */
const PUBLIC = [10_000, 15_000] as const;
const ATTEMPTS = 200;

const savedPorts = z.record(z.string(), z.int().min(1).max(65_535));

/** Ports that this process has chosen for any home. A port looks free until its server listens, and homes may start at the same time. */
const chosen = new Set<number>();

/** Returns whether a server can listen on this loopback port now. */
export function isPortFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}

/**
 * Returns a loopback port for each name, and stores it in ports.json. Each name keeps its port while that is free, so that addresses
 * in clients and presigned URLs survive a restart. A taken port is replaced.
 * @param reserved ports on which other servers will listen
 * @param isObsolete whether the port of another name is removed, because nothing has that name now
 * @throws CommandError when no port is free
 */
export async function choosePorts<Name extends string>(
	home: Home,
	names: Name[],
	reserved: number[] = [],
	isObsolete = (_name: string) => false,
): Promise<Record<Name, number>> {
	const isKept = ([name]: [string, number]) => names.some((one) => one === name) || !isObsolete(name);
	const ports = Object.fromEntries(Object.entries(readPorts(home)).filter(isKept));
	for (const name of names) {
		const known = ports[name];
		if (known !== undefined && !reserved.includes(known) && (await isPortFree(known))) continue;
		ports[name] = await pickConsecutivePorts(1, INTERNAL, [...Object.values(ports), ...reserved]);
	}
	writeFileSync(portsFile(home), `${JSON.stringify(ports, null, 2)}\n`, { mode: 0o600 });
	return ports as Record<Name, number>;
}

/** Returns the stored ports by name: none before the first start, or if a full disk truncated the file. */
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

/**
 * Returns the first of several consecutive free ports.
 * @throws CommandError when there are none
 */
export async function pickConsecutivePorts(
	count: number,
	[lowest, end]: readonly [number, number] = PUBLIC,
	taken: number[] = [],
): Promise<number> {
	for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
		const first = randomInt(lowest, end - count);
		const row = Array.from({ length: count }, (_, index) => first + index);
		if (row.some((port) => chosen.has(port) || taken.includes(port))) continue;
		for (const port of row) chosen.add(port);
		if ((await Promise.all(row.map(isPortFree))).every(Boolean)) return first;
	}
	throw new CommandError(`No free port between ${lowest} and ${end}. Stop some servers on this machine.`);
}
