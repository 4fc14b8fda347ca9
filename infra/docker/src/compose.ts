import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { makeSecrets } from '../../local/src/backing/make-secrets.ts';
import { composeVariables, envFile } from './compose-env.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** The fields of a service that the tests read, as `docker compose config` prints them. */
export interface ComposeService {
	image?: string;
	pull_policy?: string;
	build?: { context: string; dockerfile: string; target: string };
	command: string[] | null;
	environment?: Record<string, string>;
	networks: Record<string, unknown>;
	ports?: { host_ip?: string; target: number; published: string }[];
	profiles?: string[];
	read_only?: boolean;
	privileged?: boolean;
	cap_add?: string[];
	cap_drop?: string[];
	security_opt?: string[];
	depends_on?: Record<string, { condition: string }>;
	volumes?: { type: string; source?: string; target: string; read_only?: boolean }[];
}

export interface ComposeFile {
	services: Record<string, ComposeService>;
	networks: Record<
		string,
		{ internal?: boolean; ipam?: { config?: { subnet: string; ip_range?: string }[] } }
	>;
}

/**
 * Returns docker-compose.yml as Compose resolves it with these profiles, a new .env and these lines in settings.env. Rejects with the
 * error of Compose.
 */
export async function readCompose(
	profiles: readonly string[],
	variables: Record<string, string> = composeVariables(makeSecrets()),
	settings = '',
): Promise<ComposeFile> {
	const directory = mkdtempSync(join(tmpdir(), 'compose-'));
	try {
		const file = join(directory, 'env');
		writeFileSync(file, envFile(variables), { mode: 0o600 });
		writeFileSync(join(directory, 'settings.env'), settings);
		const chosen = profiles.flatMap((profile) => ['--profile', profile]);
		const { stdout } = await promisify(execFile)(
			'docker-compose',
			[
				...['--file', join(REPOSITORY, 'docker-compose.yml'), '--project-directory', directory],
				...['--env-file', file, ...chosen, 'config', '--format', 'json'],
			],
			// without variables that Compose would use as settings
			{ cwd: REPOSITORY, env: { PATH: process.env.PATH, HOME: directory }, maxBuffer: 16 * 1024 ** 2 },
		);
		return JSON.parse(stdout) as ComposeFile;
	} finally {
		rmSync(directory, { recursive: true });
	}
}
