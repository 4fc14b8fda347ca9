#!/usr/bin/env node
/** Plain JavaScript for any Node version, so that an old one gets a clear message. */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 18 || (major === 18 && minor < 17)) {
	process.stderr.write(`creatorr needs Node 18.17 or later; this is ${process.versions.node}.\n`);
	process.exit(70);
}
// Node 18 warns about fetch at each start.
if (major < 20) process.removeAllListeners('warning');

try {
	await import(new URL('../dist/main.mjs', import.meta.url).href);
} catch (error) {
	if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
	process.stderr.write(
		'creatorr is not built yet: npm start builds it, and so does pnpm --filter @creatorr/cli build.\n',
	);
	process.exit(70);
}
