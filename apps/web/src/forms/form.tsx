import type { ComponentProps, ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import styles from './form.module.css';

interface Props {
	/** Of useForm. */
	form: {
		props: ComponentProps<'form'>;
		problem: string | undefined;
		waitSeconds: number;
		isPending: boolean;
	};
	label: string;
	/** What the button says, and what it says meanwhile. */
	submit: string;
	pending: string;
	look?: 'primary' | 'plain' | 'danger';
	/** Beside the problem: a way out of it. */
	help?: ReactNode;
	/** Beside the button. */
	aside?: ReactNode;
	children: ReactNode;
}

/** Fields, what is wrong with the whole, and the one button that sends it. */
export function Form({ form, label, submit, pending, look = 'primary', help, aside, children }: Props) {
	const { waitSeconds, isPending } = form;
	const words = isPending ? pending : waitSeconds > 0 ? `Try again in ${waitSeconds} s` : submit;
	return (
		<form {...form.props} className={styles.form} aria-label={label}>
			{form.problem && (
				<Notice kind="bad" action={help}>
					{form.problem}
				</Notice>
			)}
			{children}
			<div className={styles.foot}>
				<Button type="submit" look={look} aria-disabled={isPending || waitSeconds > 0}>
					{words}
				</Button>
				{aside}
			</div>
		</form>
	);
}
