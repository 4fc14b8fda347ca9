import type { Probe, ToolContext } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { toolFailed } from '../command-failure.ts';

/** The languages that can be recognized on this machine. */
export const capabilities: Probe = async (context) => ({ languages: await listLanguages(context) });

/** Throws `unsupported_input` that lists what is installed when one of the languages is not. */
export async function requireLanguages(context: ToolContext, languages: readonly string[]): Promise<void> {
	const installed = await listLanguages(context);
	const missing = languages.filter((language) => !installed.includes(language));
	if (missing.length === 0) return;
	throw new ToolError(
		'unsupported_input',
		`These languages aren’t installed: ${missing.join(', ')}. Choose from: ${installed.join(', ')}.`,
	);
}

async function listLanguages({ exec }: Pick<ToolContext, 'exec'>): Promise<string[]> {
	const result = await exec('tesseract', ['--list-langs']);
	if (result.exitCode !== 0) throw toolFailed(result);
	return parseLanguages(result.stdoutTail);
}

/** The languages that `tesseract --list-langs` lists below its first line; `osd` among them tells orientation, not text. */
export function parseLanguages(output: string): string[] {
	return output
		.split('\n')
		.slice(1)
		.map((line) => line.trim())
		.filter((line) => line !== '' && line !== 'osd');
}
