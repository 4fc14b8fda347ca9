import { ChevronDown } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { useRestoredFocus } from '../ui/focus.ts';
import type { Field } from './fields.ts';
import { ParamControl } from './param-control.tsx';
import styles from './params.module.css';
import { PresetChoice } from './preset-choice.tsx';
import { foldFields, presetIn } from './presets.ts';
import type { ToolParams } from './use-params.ts';
import { valueIn } from './values.ts';

/** The params of a tool: presets and the first params visible, the others behind More options. */
export function ParamsForm({
	params,
	rejected,
	toChange,
	onEdit,
}: {
	params: ToolParams;
	/** The API's messages by param name. */
	rejected: Readonly<Record<string, string>>;
	/** Names of params that the message of a failed upload advises to change. */
	toChange: readonly string[];
	/** Called when the user edits a param. */
	onEdit: (name: string) => void;
}) {
	const titleId = useId();
	const section = useRef<HTMLElement>(null);
	useRestoredFocus(section);
	const [isOpen, setOpen] = useState(false);
	const { tool, fields, values, problems } = params;
	const { visible, folded } = foldFields(tool, fields);
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
	const needsFolded = folded.some(({ name }) => errorOf(name) !== undefined || toChange.includes(name));
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
			{tool.presets && (
				<PresetChoice
					presets={tool.presets}
					chosen={presetIn(tool, fields, values)}
					onChoose={(preset) => {
						for (const name of Object.keys(preset.params)) onEdit(name);
						params.setAll(preset.params);
					}}
				/>
			)}
			{visible.map(control)}
			{folded.length > 0 && (
				<details
					className={styles.more}
					open={isOpen || needsFolded}
					onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
				>
					<summary>
						More options
						<ChevronDown size={18} aria-hidden="true" />
					</summary>
					<div className={styles.moreParams}>{folded.map(control)}</div>
				</details>
			)}
		</section>
	);
}
