import type { Probe, ToolContext } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { toolFailed } from '../command-failure.ts';

/** Returns the languages that this machine can recognize. */
export const capabilities: Probe = async (context) => ({ languages: await listLanguages(context) });

/** Throws `unsupported_input` with the installed languages if one of these is missing. */
export async function requireLanguages(context: ToolContext, languages: readonly string[]): Promise<void> {
	const installed = await listLanguages(context);
	const missing = languages.filter((language) => !installed.includes(language));
	if (missing.length === 0) return;
	throw new ToolError(
		'unsupported_input',
		`These languages aren’t available: ${named(missing)}. Set params.languages to some of these: ${named(installed)}.`,
	);
}

const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** Returns "German (deu), frk": codes, and the names of those that are standard. */
function named(languages: readonly string[]): string {
	return languages.map((code) => (/^[a-z]{3}$/.test(code) ? nameOf(code) : code)).join(', ');
}

function nameOf(code: string): string {
	const name = NAMES.of(code);
	return name === undefined ? code : `${name} (${code})`;
}

async function listLanguages({ exec }: Pick<ToolContext, 'exec'>): Promise<string[]> {
	const result = await exec('tesseract', ['--list-langs']);
	if (result.exitCode !== 0) throw toolFailed(result);
	return parseLanguages(result.stdoutTail);
}

/** Parses the output of `tesseract --list-langs`. Skips its first line and `osd`, which detects orientation, not text. */
export function parseLanguages(output: string): string[] {
	return output
		.split('\n')
		.slice(1)
		.map((line) => line.trim())
		.filter((line) => line !== '' && line !== 'osd');
}
