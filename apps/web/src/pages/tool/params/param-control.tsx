import { ChoiceParam } from './choice-param.tsx';
import type { Field } from './fields.ts';
import { ListParam } from './list-param.tsx';
import { NumberParam, type ParamProps } from './number-param.tsx';
import { SwitchParam } from './switch-param.tsx';
import { TextParam } from './text-param.tsx';

/** The input that a field needs. */
export function ParamControl({ field, ...rest }: ParamProps<Field>) {
	switch (field.kind) {
		case 'number':
			return <NumberParam field={field} {...rest} />;
		case 'switch':
			return <SwitchParam field={field} {...rest} />;
		case 'choice':
			return <ChoiceParam field={field} {...rest} />;
		case 'list':
			return <ListParam field={field} {...rest} />;
		case 'text':
		case 'secret':
			return <TextParam field={field} {...rest} />;
	}
}
