import { useId } from 'react';
import { ParamFrame } from './param-frame.tsx';
import styles from './params.module.css';
import type { Preset } from './presets.ts';

/** The presets of a tool as radio buttons. Shows Custom if the form's values match no preset. */
export function PresetChoice({
	presets,
	chosen,
	onChoose,
}: {
	presets: readonly Preset[];
	chosen: Preset | undefined;
	onChoose: (preset: Preset) => void;
}) {
	const id = useId();
	const option = (title: string, summary: string, preset: Preset | undefined) => (
		<label key={title} className={styles.radio}>
			<input type="radio" name={id} checked={preset === chosen} onChange={() => preset && onChoose(preset)} />
			<span>
				{title}
				<span className={styles.hint}>{summary}</span>
			</span>
		</label>
	);
	return (
		<ParamFrame id={id} label="Compression level" isGroup help="" error={undefined}>
			<div className={styles.radios}>
				{presets.map((preset) => option(preset.title, preset.summary, preset))}
				{chosen === undefined && option('Custom', 'As set under More options.', undefined)}
			</div>
		</ParamFrame>
	);
}
