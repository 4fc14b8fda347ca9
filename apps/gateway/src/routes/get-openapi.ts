import { openApiDocument } from '@creatorr/contracts/openapi';
import { answerJson } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';

/** Answers with the OpenAPI document, bare. It is made once. */
export function createGetOpenApi(): (exchange: Exchange) => void {
	const json = Buffer.from(JSON.stringify(openApiDocument()));
	return (exchange) => answerJson(exchange, 200, json);
}
