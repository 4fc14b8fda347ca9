import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { describeProblem, hasCode } from '../api/problem.ts';
import { type FieldErrors, missingFields, refusedFields } from './field-errors.ts';
import { useCountdown } from './use-countdown.ts';

interface Options<T> {
	/** The names of its inputs, which are those of the API's fields. */
	fields: readonly string[];
	call: (values: Record<string, string>) => Promise<T>;
	/** The form is null where it was closed meanwhile. */
	onDone: (result: T, form: HTMLFormElement | null) => unknown;
	/** Errors that belong to a field although the API names none. */
	fieldErrorsOf?: (error: Error) => FieldErrors | undefined;
	/** Says some errors in better words than those for all forms. */
	wordsFor?: (error: Error) => string | undefined;
}

/** A form whose inputs keep what was typed until it is done: what it asks the API, and what came of it. */
export function useForm<T>({ fields, call, onDone, fieldErrorsOf, wordsFor }: Options<T>) {
	const form = useRef<HTMLFormElement>(null);
	const [missing, setMissing] = useState<FieldErrors>({});
	const [edited, setEdited] = useState<readonly string[]>([]);
	const [freeAt, setFreeAt] = useState<number>();
	const waitSeconds = useCountdown(freeAt);
	const mutation = useMutation({
		mutationFn: call,
		onSuccess: (result) => onDone(result, form.current),
		onError: (error) => {
			const pause = hasCode(error, 'rate_limited') ? error.retryAfterMs : undefined;
			setFreeAt(pause === undefined ? undefined : Date.now() + pause);
		},
	});

	const { error } = mutation;
	const refused = (error && fieldErrorsOf?.(error)) ?? refusedFields(error, fields);
	const all = { ...missing, ...refused };
	const errors: FieldErrors = Object.fromEntries(
		Object.entries(all).filter(([name]) => !edited.includes(name)),
	);
	const isAboutFields = Object.keys(refused).length > 0;
	const problem = error && !isAboutFields ? (wordsFor?.(error) ?? describeProblem(error)) : undefined;

	// to what has to be mended first: once for each try, not for each key
	const firstWrong = fields.find((name) => all[name]);
	useEffect(() => {
		const input = firstWrong && form.current?.elements.namedItem(firstWrong);
		if (input instanceof HTMLElement) input.focus();
	}, [missing, error, firstWrong]);

	return {
		errors,
		problem,
		waitSeconds,
		isPending: mutation.isPending,
		/** Goes onto the form element. */
		props: {
			ref: form,
			noValidate: true,
			onInput: ({ target }: FormEvent) => {
				if (target instanceof HTMLInputElement && errors[target.name]) setEdited([...edited, target.name]);
			},
			onSubmit: (event: FormEvent<HTMLFormElement>) => {
				event.preventDefault();
				if (mutation.isPending || waitSeconds > 0) return;
				const empty = missingFields(event.currentTarget);
				setEdited([]);
				setMissing(empty);
				if (Object.keys(empty).length > 0) return mutation.reset();
				const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
				mutation.mutate(values);
			},
		},
	};
}
