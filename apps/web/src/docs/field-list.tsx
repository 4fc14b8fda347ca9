import { toSentence } from '../api/failure-message.ts';
import { endSentence } from '../ui/format.ts';
import styles from './field-list.module.css';
import type { Field } from './schema-fields.ts';

/** Lists fields with their types and descriptions, and nested fields below them. */
export function FieldList({ fields, isRequest }: { fields: readonly Field[]; isRequest: boolean }) {
	return (
		<ul className={styles.fields}>
			{fields.map((field) => (
				<li key={field.name}>
					<p className={styles.head}>
						<code className={styles.name}>{field.name}</code>
						<span className={styles.type}>{field.type}</span>
						<Presence isRequired={field.isRequired} isRequest={isRequest} />
					</p>
					{field.description && <p className={styles.description}>{describe(field.description)}</p>}
					<Choices field={field} />
					{field.defaultJson !== undefined && (
						<p className={styles.description}>
							Default: <code>{field.defaultJson}</code>
							{field.defaultJson === 'null' && field.nullTitle && ` (${field.nullTitle.toLowerCase()})`}
						</p>
					)}
					{field.fields.length > 0 && <FieldList fields={field.fields} isRequest={isRequest} />}
				</li>
			))}
		</ul>
	);
}

/** Marks required fields of requests, and optional fields of responses. */
function Presence({ isRequired, isRequest }: { isRequired: boolean; isRequest: boolean }) {
	if (isRequired === !isRequest) return null;
	return isRequest ? (
		<span className={styles.required}>required</span>
	) : (
		<span className={styles.type}>optional</span>
	);
}

function Choices({ field: { choices } }: { field: Field }) {
	if (choices.length === 0) return null;
	if (choices.every(({ meaning }) => meaning === undefined)) {
		return (
			<p className={styles.choices}>
				One of{' '}
				{choices.map(({ value }) => (
					<code key={value}>{value}</code>
				))}
			</p>
		);
	}
	return (
		<dl className={styles.meanings}>
			{choices.map(({ value, meaning }) => (
				<div key={value}>
					<dt>
						<code>{value}</code>
					</dt>
					<dd>{meaning}</dd>
				</div>
			))}
		</dl>
	);
}

/** Keeps the case of a description that starts with an option and a colon. */
const describe = (text: string) => (/^\w+: /.test(text) ? endSentence(text) : toSentence(text));
