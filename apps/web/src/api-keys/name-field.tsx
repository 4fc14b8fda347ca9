import { Field } from '../forms/field.tsx';

/** The name of a key. */
export function NameField(props: { defaultValue?: string; hint?: string; error: string | undefined }) {
	return <Field label="Name" name="name" autoComplete="off" maxLength={64} required {...props} />;
}
