import type { Tool } from '@creatorr/client';
import type { ApiDescription, Operation, Schema } from '../api-description.ts';
import { cliExamples, cliToolExample } from './cli.ts';
import { curlExample, jsonArguments } from './curl.ts';
import { JAVASCRIPT_EXAMPLES } from './javascript.ts';
import type { Examples } from './language.ts';
import { type Value, Variable } from './values.ts';

export function examplesOf(operation: Operation, description: ApiDescription): Examples {
	const javascript = JAVASCRIPT_EXAMPLES[operation.id];
	const cli = cliExamples(location.origin)[operation.id];
	return {
		curl: curlExample(operation, description, location.origin),
		...(javascript !== undefined && { javascript }),
		...(cli !== undefined && { cli }),
	};
}

const SHOWN_PARAMS = 3;

/** Returns examples of a job with the defaults of the tool's first params. */
export function toolExamples(tool: Tool, origin: string): Examples {
	const params = shownParams(tool);
	const body = { tool: tool.slug, input_file_id: new Variable('FILE_ID'), params };
	const curl = [
		`curl -X POST ${origin}/v1/jobs`,
		'-H "Authorization: Bearer $TOKEN"',
		...jsonArguments(body),
	];
	return {
		curl: curl.join(' \\\n  '),
		javascript: `const { job, output } = await creatorr.run({
  tool: '${tool.slug}',
  fileId,
  params: ${JSON.stringify(params, undefined, 2).replaceAll('\n', '\n  ')},
});`,
		cli: cliToolExample(tool, params),
	};
}

function shownParams({ params }: Tool): Record<string, Value> {
	const { properties = {} } = params as Schema;
	const stated = Object.entries(properties).filter(
		([, schema]) => schema.default !== undefined && schema.default !== null,
	);
	return Object.fromEntries(
		stated.slice(0, SHOWN_PARAMS).map(([name, schema]) => [name, schema.default as Value]),
	);
}
