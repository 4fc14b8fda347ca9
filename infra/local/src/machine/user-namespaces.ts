import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { StartError } from '../supervisor/start-error.ts';

/**
 * The tools are sandboxed in namespaces of their own, and PostgreSQL needs one when we are root.
 * @throws StartError when the kernel, or the container, does not allow them
 */
export async function requireUserNamespaces(): Promise<void> {
	try {
		await promisify(execFile)('unshare', ['--user', '--map-user=65534', '--map-group=65534', '--', 'true']);
	} catch {
		throw new StartError(
			'The sandbox of the tools needs user namespaces, which are disabled here. Enable them (sysctl user.max_user_namespaces=10000, kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu). In a container, see docs/deploy.md: docker run --security-opt seccomp=infra/seccomp/tool-worker.json --security-opt systempaths=unconfined --security-opt apparmor=unconfined.',
		);
	}
}
