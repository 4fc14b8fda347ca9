import type { Probe } from '@creatorr/tool-kit/tool/tool';
import { toolFailed } from '../command-failure.ts';
import { parseLanguages } from './languages.ts';

/** The languages that can be recognised on this machine. */
export const capabilities: Probe = async ({ exec }) => {
	const result = await exec('tesseract', ['--list-langs']);
	if (result.exitCode !== 0) throw toolFailed(result);
	return { languages: parseLanguages(result.stdoutTail) };
};
