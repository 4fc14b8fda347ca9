import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { acceptedParams } from '@creatorr/tool-kit/params/params';
import { secretNames } from '@creatorr/tool-kit/params/secret-params';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';

const HERE = fileURLToPath(new URL('.', import.meta.url));

type Schema = ReturnType<typeof acceptedParams>[string];

/** Returns the files with a tool's params for its Python program: every `params.py` below the tool's folder. */
export function pythonParamsFiles({ slug }: Pick<ToolManifest, 'slug'>): string[] {
	return globSync(`${slug}/**/params.py`, { cwd: HERE }).map((file) => HERE + file);
}

/** Returns a Python module whose dataclass `Params` has the completed params of a tool, without secrets. */
export function pythonParams({ slug, params }: Pick<ToolManifest, 'slug' | 'params'>): string {
	const secrets = secretNames(params);
	const fields = Object.entries(acceptedParams(params))
		.filter(([name]) => !secrets.includes(name))
		.map(([name, schema]) => `    ${name}: ${pythonType(schema)}\n`);
	const needsLiteral = fields.some((field) => field.includes('Literal['));
	return `"""Written by packages/tools/scripts/write-python-params.ts from the manifest of ${slug}. Change that instead."""
from dataclasses import dataclass
${needsLiteral ? 'from typing import Literal\n' : ''}

@dataclass(frozen=True)
class Params:
    """The tool's params, completed with their defaults, without passwords."""

${fields.join('')}`;
}

const SCALARS: Readonly<Record<string, string>> = {
	boolean: 'bool',
	integer: 'int',
	number: 'float',
	string: 'str',
	null: 'None',
};

/** Returns the Python type of a schema. Throws for an unknown kind of schema, so that its author decides. */
function pythonType(schema: Schema): string {
	if (schema.enum) return `Literal[${schema.enum.map((value) => JSON.stringify(value)).join(', ')}]`;
	if (schema.anyOf) return schema.anyOf.map((variant) => pythonType(variant as Schema)).join(' | ');
	if (schema.type === 'array') return `list[${pythonType(schema.items as Schema)}]`;
	const scalars = [schema.type ?? 'any'].flat().map((type) => SCALARS[type]);
	if (!scalars.includes(undefined)) return scalars.join(' | ');
	throw new Error(`no Python type is known for the schema ${JSON.stringify(schema)}`);
}
