import { ApiError } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { failureMessage, hasCode, toSentence } from '../api/failure-message.ts';
import { useCountdown } from '../ui/clock.ts';

interface Options<T> {
	/** The names of the inputs, which are the paths in the API's error details. */
	fields: readonly string[];
	call: (values: Record<string, string>) => Promise<T>;
	/** `form` is null if it was unmounted in the meantime. */
	onDone: (result: T, form: HTMLFormElement | null) => unknown;
	/** Maps errors without details to a field. */
	fieldErrorsOf?: (error: Error) => FieldErrors | undefined;
	/** Describes errors of this form that the general message does not fit. */
	describeError?: (error: Error) => string | undefined;
}

/** State of a form with uncontrolled inputs: the request, its errors by field, and the wait after a 429. */
export function useForm<T>({ fields, call, onDone, fieldErrorsOf, describeError }: Options<T>) {
	const form = useRef<HTMLFormElement>(null);
	const [missing, setMissing] = useState<FieldErrors>({});
	const [edited, setEdited] = useState<readonly string[]>([]);
	const [retryAt, setRetryAt] = useState<number>();
	const waitSeconds = useCountdown(retryAt);
	const mutation = useMutation({
		mutationFn: call,
		onSuccess: (result) => onDone(result, form.current),
		onError: (error) => {
			const retryAfterMs = hasCode(error, 'rate_limited') ? error.retryAfterMs : undefined;
			setRetryAt(retryAfterMs === undefined ? undefined : Date.now() + retryAfterMs);
		},
	});

	const { error } = mutation;
	const refused = (error && fieldErrorsOf?.(error)) ?? refusedFields(error, fields);
	const all = { ...missing, ...refused };
	const errors: FieldErrors = Object.fromEntries(
		Object.entries(all).filter(([name]) => !edited.includes(name)),
	);
	const hasFieldErrors = Object.keys(refused).length > 0;
	const problem = error && !hasFieldErrors ? (describeError?.(error) ?? failureMessage(error)) : undefined;

	// focuses the first invalid field, once per try
	const firstInvalid = fields.find((name) => all[name]);
	useEffect(() => {
		const input = firstInvalid && form.current?.elements.namedItem(firstInvalid);
		if (input instanceof HTMLElement) input.focus();
	}, [missing, error, firstInvalid]);

	return {
		errors,
		problem,
		waitSeconds,
		isPending: mutation.isPending,
		/** Props for the form element. */
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

/** Error messages by field name. */
type FieldErrors = Readonly<Record<string, string>>;

const MISSING = 'This field is required.';

/** Returns errors for empty required fields. Spaces are a value: a password may consist of them. */
function missingFields(form: HTMLFormElement): FieldErrors {
	const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement);
	const missing = inputs.filter(({ required, value }) => required && value === '');
	return Object.fromEntries(missing.map(({ name }) => [name, MISSING]));
}

/** Returns the API's first message for each shown field. */
export function refusedFields(error: unknown, shown: readonly string[]): FieldErrors {
	if (!(error instanceof ApiError)) return {};
	const details = error.details.filter(({ path }) => shown.includes(path)).reverse();
	return Object.fromEntries(details.map(({ path, message }) => [path, fieldMessage(message)]));
}

const TOO_EASY = 'This password is too easy to guess. Use several unrelated words, or a password manager.';

/** Turns an API message about a field, which lacks the subject, into a sentence. */
function fieldMessage(message: string): string {
	return message.startsWith('is too easy to guess') ? TOO_EASY : toSentence(message);
}
