import { paramsJsonSchema, resultJsonSchema } from '@creatorr/tool-kit/params/params';
import type { Catalog } from '@creatorr/tools/catalog';

/** Returns an OpenAPI document with a schema for each tool: its `params`, and the fields it adds to `result`. */
export function toolsDocument(catalog: Catalog): object {
	const schemas = [...catalog.values()].map(({ slug, params, result }) => [
		slug,
		{
			type: 'object',
			required: ['params', 'result'],
			properties: { params: paramsJsonSchema(params), result: resultJsonSchema(result) },
		},
	]);
	return {
		openapi: '3.1.0',
		info: { title: 'creatorr tools', version: '1' },
		paths: {},
		components: { schemas: Object.fromEntries(schemas) },
	};
}
