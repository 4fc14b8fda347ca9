import { AnchoredHeading, headingId } from './anchored-heading.tsx';
import type { ApiDescription, Operation, Parameter } from './api-description.ts';
import { CodeExample } from './code-example.tsx';
import { ErrorList } from './error-list.tsx';
import { examplesOf } from './examples/examples.ts';
import { FieldList } from './field-list.tsx';
import { fieldOf, fieldsOf } from './fields.ts';
import { Method } from './method.tsx';
import styles from './operation-section.module.css';

const PLACES = { path: 'In the path', query: 'In the query', header: 'In the headers' } as const;

/** Everything about one operation: what it takes, what it answers, how it is called. */
export function OperationSection({
	operation,
	description,
}: {
	operation: Operation;
	description: ApiDescription;
}) {
	const { id, answer, body, errors, method, path } = operation;
	const answered = answer.schema ? fieldsOf(answer.schema, description) : [];
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
					{operation.description} {!operation.needsToken && 'Needs no token.'}
				</p>
				{(Object.keys(PLACES) as Parameter['in'][]).map((place) => (
					<Parameters key={place} place={place} operation={operation} description={description} />
				))}
				{body?.properties && (
					<>
						<h4>Body</h4>
						<p className={styles.plain}>{operation.bodyDescription}</p>
						<FieldList fields={fieldsOf(body, description)} isGiven />
					</>
				)}
				<h4>
					Answer <code>{answer.status}</code>
				</h4>
				{answered.length > 0 && <FieldList fields={answered} isGiven={false} />}
				{answered.length === 0 && <p className={styles.plain}>{plainAnswer(operation)}</p>}
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
			<FieldList fields={fields} isGiven />
		</>
	);
}

function plainAnswer({ answer: { schema, contentType } }: Operation): string {
	if (!schema) return 'Nothing: the body is empty.';
	return `${contentType}${schema.description ? `: ${schema.description}` : ''}.`;
}
