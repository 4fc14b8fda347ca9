import { envFile, variableName } from './compose-env.ts';

/** Settings such as the mail server may be missing on purpose. */
const SECRET = /_(PASSWORD|KEY|KEYS)$/;

/**
 * Returns an `.env` file with the secrets that it lacks, such as those of a service that an upgrade adds, and adds their public keys to the
 * others. Everything else stays.
 * @param made the variables of a new installation
 */
export function extendEnv(text: string, made: Readonly<Record<string, string>>): string {
	const known = new Set([...text.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name));
	const missing = Object.entries(made).filter(([name]) => SECRET.test(name) && !known.has(name));
	const isNew = ({ kid }: { kid: string }) =>
		missing.some(([name]) => name === `${variableName(kid)}_INTERNAL_PRIVATE_KEY`);
	const keys = JSON.parse(made.INTERNAL_KEYS ?? '').keys.filter(isNew);
	const extended = text.replace(/^INTERNAL_KEYS='(.*)'$/m, (_, json: string) => {
		const all = { keys: [...JSON.parse(json).keys, ...keys] };
		return envFile({ INTERNAL_KEYS: JSON.stringify(all) }).trimEnd();
	});
	return extended.replace(/\n*$/, '\n') + envFile(Object.fromEntries(missing));
}
