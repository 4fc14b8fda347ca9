/**
 * Names a moment between commits, publishes, confirms, acks and uploads, at which this process may be killed without losing anything that it
 * has accepted. Does nothing. Under Node's condition `crash-test`, crash-point.armed.ts is loaded instead.
 */
export function crashPoint(_name: string): void {
	// Only crash-point.armed.ts does something.
}
