import { ChevronDown } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { useRestoredFocus } from '../../ui/focus.ts';
import type { Field } from './fields.ts';
import { ParamControl } from './param-control.tsx';
import styles from './params.module.css';
import type { ToolParams } from './use-params.ts';
import { valueIn } from './values.ts';

/** Manifests list the most important params first. */
const SHOWN_AT_ONCE = 3;

/** The params of a tool: the first ones visible, the others behind More options. */
export function ParamsForm({
	params,
	rejected,
	onEdit,
}: {
	params: ToolParams;
	/** The API's messages by param name. */
	rejected: Readonly<Record<string, string>>;
	/** Called when the user edits a param. */
	onEdit: (name: string) => void;
}) {
	const titleId = useId();
	const section = useRef<HTMLElement>(null);
	useRestoredFocus(section);
	const [isOpen, setOpen] = useState(false);
	const { fields, values, problems } = params;
	const plain = fields.filter(({ kind }) => kind !== 'secret');
	const first = plain.slice(0, SHOWN_AT_ONCE);
	const more = fields.filter((field) => !first.includes(field));
	const errorOf = (name: string) => problems[name] ?? rejected[name];
	const control = (field: Field) => (
		<ParamControl
			key={field.name}
			field={field}
			value={valueIn(field, values)}
			error={errorOf(field.name)}
			onChange={(value) => {
				onEdit(field.name);
				params.set(field.name, value);
			}}
		/>
	);
	const hasHiddenError = more.some(({ name }) => errorOf(name) !== undefined);
	return (
		<section ref={section} tabIndex={-1} className={styles.params} aria-labelledby={titleId}>
			<div className={styles.titleLine}>
				<h2 id={titleId}>Options</h2>
				{params.isChanged && (
					<Button variant="quiet" small onClick={params.reset}>
						Reset
					</Button>
				)}
			</div>
			{first.map(control)}
			{more.length > 0 && (
				<details
					className={styles.more}
					open={isOpen || hasHiddenError}
					onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
				>
					<summary>
						More options
						<ChevronDown size={18} aria-hidden="true" />
					</summary>
					<div className={styles.moreParams}>{more.map(control)}</div>
				</details>
			)}
		</section>
	);
}
