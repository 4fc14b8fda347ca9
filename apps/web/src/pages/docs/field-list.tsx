import { sentence } from '../../api/problem.ts';
import styles from './field-list.module.css';
import type { Field } from './fields.ts';

/** Fields, each with its type and what it is for; those of an object below it. */
export function FieldList({ fields, isGiven }: { fields: readonly Field[]; isGiven: boolean }) {
	return (
		<ul className={styles.fields}>
			{fields.map((field) => (
				<li key={field.name}>
					<p className={styles.head}>
						<code className={styles.name}>{field.name}</code>
						<span className={styles.type}>{field.type}</span>
						<Presence isRequired={field.isRequired} isGiven={isGiven} />
					</p>
					{field.description && <p className={styles.description}>{describe(field.description)}</p>}
					<Choices field={field} />
					{field.byDefault !== undefined && (
						<p className={styles.description}>
							Default: <code>{field.byDefault}</code>
						</p>
					)}
					{field.fields.length > 0 && <FieldList fields={field.fields} isGiven={isGiven} />}
				</li>
			))}
		</ul>
	);
}

/** What is given may be left out unless it must not; what is answered is there unless it may be absent. */
function Presence({ isRequired, isGiven }: { isRequired: boolean; isGiven: boolean }) {
	if (isRequired === !isGiven) return null;
	return isGiven ? (
		<span className={styles.required}>required</span>
	) : (
		<span className={styles.type}>may be absent</span>
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

/** One that begins with a choice and a colon keeps it as it is written. */
const describe = (text: string) => (/^\w+: /.test(text) ? `${text}.` : sentence(text));
