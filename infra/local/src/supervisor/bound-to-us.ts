/** `$PPID` is read after the order was given: another parent than us means that we died before it counted. */
const ONLY_WHILE_WE_LIVE = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"';

/**
 * The command so that the kernel kills it when this process dies, however it dies. Every wrapper execs: the pid that
 * is started is the command's own. The order does not survive a change of user or of user namespace, so these come
 * before it.
 */
export function boundToUs(command: string[]): string[] {
	return [
		...['setpriv', '--pdeathsig', 'KILL', '--'],
		...['sh', '-c', ONLY_WHILE_WE_LIVE, 'sh', String(process.pid), ...command],
	];
}
