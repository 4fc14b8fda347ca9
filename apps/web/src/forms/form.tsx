import type { ComponentProps, ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import styles from './form.module.css';

interface Props {
	/** The result of useForm. */
	form: {
		props: ComponentProps<'form'>;
		problem: string | undefined;
		waitSeconds: number;
		isPending: boolean;
	};
	label: string;
	/** The label of the submit button, and its label while the request is pending. */
	submit: string;
	pending: string;
	variant?: 'primary' | 'plain' | 'danger';
	/** Beside the error: a way to fix it. */
	help?: ReactNode;
	/** Beside the submit button. */
	aside?: ReactNode;
	children: ReactNode;
}

/** Counts minutes down to the last one, then seconds. */
function waitText(seconds: number): string {
	return seconds > 60 ? `${Math.ceil(seconds / 60)} min` : `${seconds} s`;
}

/** A form with its error and submit button. */
export function Form({ form, label, submit, pending, variant = 'primary', help, aside, children }: Props) {
	const { waitSeconds, isPending } = form;
	const buttonText = isPending ? pending : waitSeconds > 0 ? `Try again in ${waitText(waitSeconds)}` : submit;
	return (
		<form {...form.props} className={styles.form} aria-label={label}>
			{form.problem && (
				<Notice kind="bad" action={help}>
					{form.problem}
				</Notice>
			)}
			{children}
			<div className={styles.foot}>
				<Button type="submit" variant={variant} aria-disabled={isPending || waitSeconds > 0}>
					{buttonText}
				</Button>
				{aside}
			</div>
		</form>
	);
}
