import { z } from 'zod';

/** A value of a choice, in words. */
interface Choice {
	title: string;
	/** One sentence, where the title doesn't say enough. */
	description?: string;
}

interface ChoiceParamOptions<V extends string> {
	title: string;
	/** Only if the descriptions of the values don't say enough. */
	description?: string;
	default: NoInfer<V>;
}

/**
 * Declares a param with one of several values. In its JSON Schema, `x-enumTitles` and `x-enumDescriptions` have the words for each value,
 * from which the web app makes its form and the command line its help.
 */
export function choiceParam<V extends string>(
	choices: Readonly<Record<V, Choice>>,
	options: ChoiceParamOptions<V>,
) {
	const entries = Object.entries(choices) as [V, Choice][];
	const described = entries.flatMap(([value, { description }]) =>
		description ? [[value, description]] : [],
	);
	const values = entries.map(([value]) => value) as [V, ...V[]];
	return z
		.enum(values)
		.default(options.default as z.core.util.NoUndefined<V>)
		.meta({
			title: options.title,
			...(options.description && { description: options.description }),
			'x-enumTitles': Object.fromEntries(entries.map(([value, { title }]) => [value, title])),
			...(described.length > 0 && { 'x-enumDescriptions': Object.fromEntries(described) }),
		});
}
