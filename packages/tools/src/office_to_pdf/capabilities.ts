import type { Probe } from '@creatorr/tool-kit/tool/tool';
import { toolFailed } from '../command-failure.ts';

/** The font families that documents can be set in on this machine. */
export const capabilities: Probe = async ({ exec }) => {
	const fonts = new Set<string>();
	const result = await exec('fc-list', ['--format=%{family[0]}\\n'], {
		onLine: (line, stream) => {
			if (stream === 'stdout') fonts.add(line);
		},
	});
	if (result.exitCode !== 0) throw toolFailed(result);
	return { fonts: [...fonts].sort() };
};
