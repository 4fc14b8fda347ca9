/**
 * Names a moment at which this process may be killed without anything that it had accepted being lost: between a commit, a
 * publish, a confirm, an ack and an upload. Does nothing. Under Node's condition `crash-test` it is
 * crash-point.armed.ts that is loaded in place of this.
 */
export function crashPoint(_name: string): void {
	// Nothing happens here outside of tests.
}
