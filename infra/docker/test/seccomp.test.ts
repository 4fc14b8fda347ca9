import { execFile } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REPOSITORY } from '../src/compose.ts';

interface Profile {
	defaultAction: string;
	syscalls: { names: string[]; action: string; args?: unknown[] }[];
}

const PROFILE = join(REPOSITORY, 'infra/seccomp/tool-worker.json');
/** System calls with which bubblewrap builds a sandbox. Container engines forbid them to processes without capabilities. */
const BUILDERS = ['clone', 'mount', 'pivot_root', 'sethostname', 'umount2', 'unshare'];
const IS_ROOT = process.getuid?.() === 0;

const profile = JSON.parse(readFileSync(PROFILE, 'utf8')) as Profile;
let directory: string;

beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'seccomp-'));
	chmodSync(directory, 0o755);
	mkdirSync(join(directory, 'repository'));
	mkdirSync(join(directory, 'work'));
	cpSync(process.execPath, join(directory, 'node'));
	cpSync(join(import.meta.dirname, 'under-seccomp.py'), join(directory, 'under-seccomp.py'));
	if (IS_ROOT) chownSync(join(directory, 'work'), 1000, 1000);
});

afterAll(() => rmSync(directory, { recursive: true }));

/**
 * Returns the command that runs another one as an unprivileged user without capabilities, as in a container. That user can't read root's
 * directories, so root mounts the repository elsewhere.
 */
function asNobody(command: string[]): string[] {
	const confined = ['setpriv', '--no-new-privs', '--inh-caps=-all'];
	if (!IS_ROOT) return [...confined, '--', ...command];
	const show = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
	return [
		...['unshare', '--mount', 'sh', '-c', show, 'sh', REPOSITORY, join(directory, 'repository')],
		...[...confined, '--reuid=1000', '--regid=1000', '--clear-groups', '--bounding-set=-all', '--'],
		...command,
	];
}

/** Returns why a worker can't build its sandbox under this profile, or undefined if it can. */
async function problemUnder(given: Profile): Promise<string | undefined> {
	const file = join(directory, 'profile.json');
	writeFileSync(file, JSON.stringify({ defaultErrnoRet: 1, ...given }), { mode: 0o644 });
	const repository = IS_ROOT ? join(directory, 'repository') : REPOSITORY;
	const script = `
		import { checkSandbox } from ${JSON.stringify(join(repository, 'packages/tool-kit/src/sandbox/check-sandbox.ts'))};
		console.log(JSON.stringify({ problem: await checkSandbox(${JSON.stringify(join(directory, 'work', 'scratch'))}) }));`;
	const node = [join(directory, 'node'), '--no-warnings', '--input-type=module', '--eval', script];
	const [program = '', ...args] = asNobody([
		...['/usr/bin/python3', join(directory, 'under-seccomp.py'), file],
		...node,
	]);
	const { stdout } = await promisify(execFile)(program, args, { cwd: directory });
	return (JSON.parse(stdout) as { problem?: string }).problem;
}

function without(name: string): Profile {
	const syscalls = profile.syscalls.map((rule) => ({
		...rule,
		names: rule.names.filter((one) => one !== name),
	}));
	return { ...profile, syscalls };
}

test('a worker builds its sandbox under the profile, without root and capabilities', async () => {
	expect(await problemUnder(profile)).toBeUndefined();
});

test.each(BUILDERS.filter((name) => name !== 'clone'))('it fails without %s', async (name) => {
	expect(await problemUnder(without(name))).toContain('sandbox could not be set up');
});

test('the profile adds only these system calls to the engine’s default', () => {
	expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO');
	const allowed = new Set(
		profile.syscalls.flatMap(({ names, action }) => (action === 'SCMP_ACT_ALLOW' ? names : [])),
	);
	const forbidden = [
		...[
			'setns',
			'bpf',
			'keyctl',
			'add_key',
			'request_key',
			'io_uring_setup',
			'userfaultfd',
			'perf_event_open',
		],
		...[
			'open_by_handle_at',
			'init_module',
			'finit_module',
			'kexec_load',
			'reboot',
			'swapon',
			'chroot',
			'syslog',
		],
		...['fsopen', 'fsmount', 'move_mount', 'open_tree', 'mount_setattr', 'quotactl', 'acct', 'settimeofday'],
	];
	expect(forbidden.filter((name) => allowed.has(name))).toEqual([]);
	expect(BUILDERS.filter((name) => !allowed.has(name))).toEqual([]);
});
