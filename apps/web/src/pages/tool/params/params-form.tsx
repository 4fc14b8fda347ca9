import { ChevronDown } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { useKeptFocus } from '../../../ui/use-kept-focus.ts';
import type { Field } from './fields.ts';
import { ParamControl } from './param-control.tsx';
import styles from './params.module.css';
import type { ParamsState } from './use-params.ts';
import { valueIn } from './values.ts';

/** Tools name their most important params first. */
const SHOWN_AT_ONCE = 3;

/** The options of a tool: the first ones in sight, the others a click away. */
export function ParamsForm({
	state,
	refused,
	onEdit,
}: {
	state: ParamsState;
	/** What the API said of options, by name. */
	refused: Readonly<Record<string, string>>;
	/** Somebody mends one. */
	onEdit: (name: string) => void;
}) {
	const titleId = useId();
	const section = useRef<HTMLElement>(null);
	useKeptFocus(section);
	const [isOpen, setOpen] = useState(false);
	const { fields, values, problems } = state;
	const plain = fields.filter(({ kind }) => kind !== 'secret');
	const first = plain.slice(0, SHOWN_AT_ONCE);
	const more = fields.filter((field) => !first.includes(field));
	const errorOf = (name: string) => problems[name] ?? refused[name];
	const control = (field: Field) => (
		<ParamControl
			key={field.name}
			field={field}
			value={valueIn(field, values)}
			error={errorOf(field.name)}
			onChange={(value) => {
				onEdit(field.name);
				state.set(field.name, value);
			}}
		/>
	);
	const isHiddenWrong = more.some(({ name }) => errorOf(name) !== undefined);
	return (
		<section ref={section} tabIndex={-1} className={styles.params} aria-labelledby={titleId}>
			<div className={styles.titleLine}>
				<h2 id={titleId}>Options</h2>
				{state.isChanged && (
					<Button look="quiet" small onClick={state.reset}>
						Reset
					</Button>
				)}
			</div>
			{first.map(control)}
			{more.length > 0 && (
				<details
					className={styles.more}
					open={isOpen || isHiddenWrong}
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
