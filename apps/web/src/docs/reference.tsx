import { memo } from 'react';
import {
	type ApiDescription,
	type ErrorResponse,
	errorMeanings,
	type Group,
	type Operation,
	type Parameter,
} from './api-description.ts';
import { CodeExample } from './code-example.tsx';
import { AnchoredHeading, headingId, Method } from './docs-section.tsx';
import { examplesOf } from './examples/examples.ts';
import { FieldList } from './field-list.tsx';
import styles from './reference.module.css';
import { fieldOf, fieldsOf } from './schema-fields.ts';

/** The operations by group. */
export const Reference = memo(function Reference({
	groups,
	description,
}: {
	groups: readonly Group[];
	description: ApiDescription;
}) {
	return groups.map((group) => (
		<section key={group.name} aria-labelledby={`group-${group.name}`}>
			<div className={styles.head}>
				<h2 id={`group-${group.name}`}>{group.title}</h2>
				<p>{group.description}</p>
			</div>
			{group.operations.map((operation) => (
				<OperationSection key={operation.id} operation={operation} description={description} />
			))}
		</section>
	));
});

const PLACES = { path: 'Path parameters', query: 'Query parameters', header: 'Headers' } as const;

function OperationSection({ operation, description }: { operation: Operation; description: ApiDescription }) {
	const { id, response, body, errors, method, path } = operation;
	const responseFields = response.schema ? fieldsOf(response.schema, description) : [];
	return (
		<section id={id} aria-labelledby={headingId(id)} className={styles.operation}>
			<div className={styles.words}>
				<AnchoredHeading level={3} id={id}>
					{operation.title}
				</AnchoredHeading>
				<p className={styles.target}>
					<Method method={method} />
					<code>{path}</code>
				</p>
				<p>
					{operation.description} <Access operation={operation} />
				</p>
				{(Object.keys(PLACES) as Parameter['in'][]).map((place) => (
					<Parameters key={place} place={place} operation={operation} description={description} />
				))}
				{body?.properties && (
					<>
						<h4>Body</h4>
						<p className={styles.plain}>{operation.bodyDescription}</p>
						<FieldList fields={fieldsOf(body, description)} isRequest />
					</>
				)}
				<h4>
					Response <code>{response.status}</code>
				</h4>
				{responseFields.length > 0 && <FieldList fields={responseFields} isRequest={false} />}
				{responseFields.length === 0 && <p className={styles.plain}>{plainResponse(operation)}</p>}
				{errors.length > 0 && (
					<>
						<h4>Errors</h4>
						<ErrorList errors={errors} description={description} />
					</>
				)}
			</div>
			<div className={styles.example}>
				<CodeExample label="Example" examples={examplesOf(operation, description)} />
			</div>
		</section>
	);
}

function Access({ operation: { needsToken, isTokenOptional, keyScope } }: { operation: Operation }) {
	if (!needsToken) return 'No token needed.';
	if (isTokenOptional) return 'Accepts the token of a session. API keys are rejected.';
	if (keyScope === undefined) return 'Needs a session: API keys are rejected.';
	if (keyScope === 'any') return 'Any API key works.';
	return (
		<>
			API keys need the scope <code>{keyScope}</code>.
		</>
	);
}

function Parameters({
	place,
	operation,
	description,
}: {
	place: Parameter['in'];
	operation: Operation;
	description: ApiDescription;
}) {
	const parameters = operation.parameters.filter((parameter) => parameter.in === place);
	if (parameters.length === 0) return null;
	const fields = parameters.map(({ name, schema, required }) => fieldOf(name, schema, required, description));
	return (
		<>
			<h4>{PLACES[place]}</h4>
			<FieldList fields={fields} isRequest />
		</>
	);
}

function plainResponse({ response: { schema, contentType } }: Operation): string {
	if (!schema) return 'No body.';
	return `${contentType}${schema.description ? `: ${schema.description}` : '.'}`;
}

function ErrorList({
	errors,
	description,
}: {
	errors: readonly ErrorResponse[];
	description: ApiDescription;
}) {
	const meanings = errorMeanings(description);
	return (
		<ul className={styles.errors}>
			{errors.map(({ status, code }) => (
				<li key={`${status} ${code}`}>
					<span className={styles.status}>{status}</span>
					<span>
						<code>{code}</code> {meanings[code] && <span className={styles.meaning}>{meanings[code]}</span>}
					</span>
				</li>
			))}
		</ul>
	);
}
