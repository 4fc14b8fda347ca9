import { Option } from 'commander';
import { withOptionNames } from '../describe-error.ts';
import { isSecret, type ParamSchema, typedSchema } from './param-schema.ts';
import { parseParam } from './parse-param.ts';

/** An option that sets a param of a tool. */
export interface ParamOption {
	param: string;
	option: Option;
}

/** Returns the options of a param. Without them, the tool's default applies. */
export function optionsOf(param: string, schema: ParamSchema): ParamOption[] {
	const flag = param.replaceAll('_', '-');
	const { type, enum: choices } = typedSchema(schema);
	const description = describe(schema);
	if (type === 'boolean') {
		// Explains the option that changes the default.
		const isOn = schema.default === true;
		return [
			{ param, option: new Option(`--${flag}`, isOn ? '' : description).hideHelp(isOn) },
			{ param, option: new Option(`--no-${flag}`, describeOff(schema)).hideHelp(!isOn) },
		];
	}
	const option = new Option(`--${flag} <${placeholder(schema)}>`, description);
	option.argParser((text: string, before: unknown) => {
		const value = parseParam(text, schema);
		return Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value;
	});
	return [{ param, option: choices ? withChoices(option, choices) : option }];
}

/** Shows the choices in the help. Parsing is left to the param's parser. */
function withChoices(option: Option, choices: unknown[]): Option {
	option.argChoices = choices.map(String);
	return option;
}

function placeholder(schema: ParamSchema): string {
	const { type, items } = typedSchema(schema);
	if (type === 'integer' || type === 'number') return 'number';
	if (type === 'array') return `${items?.type === 'string' ? 'text' : (items?.type ?? 'value')},…`;
	return type === 'string' ? 'text' : 'json';
}

function describe(schema: ParamSchema): string {
	const { title = '', description = '', default: value } = schema;
	const what = title && description ? `${title}: ${description}` : description || (title && `${title}.`);
	const more = isSecret(schema) ? 'Use - to be prompted, so that it doesn’t show on screen.' : '';
	const text = withOptionNames([what, ...describeChoices(schema), more].filter(Boolean).join(' '));
	if (value === undefined || typeof value === 'boolean') return text;
	const defaultText = value === null ? schema['x-nullTitle']?.toLowerCase() : String(value);
	return defaultText === undefined ? text : `${text} (default: ${defaultText})`;
}

/** Describes the option that turns off what a param does by default. */
function describeOff({ title = '', description = title }: ParamSchema): string {
	const [first = ''] = description.split(/(?<=\.) /);
	return `Don’t do this: “${withOptionNames(first)}”`;
}

/** Returns text such as "skip: Leave unchanged." for each value with a title or description. */
function describeChoices(schema: ParamSchema): string[] {
	const { 'x-enumTitles': titles = {}, 'x-enumDescriptions': descriptions = {} } = schema;
	return Object.keys({ ...titles, ...descriptions }).map((value) => {
		const texts = [titles[value], descriptions[value]].filter((text) => text !== undefined);
		return `${value}: ${texts.map((text) => `${text.replace(/\.$/, '')}.`).join(' ')}`;
	});
}
