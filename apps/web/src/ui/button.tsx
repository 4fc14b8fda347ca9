import type { ComponentProps } from 'react';
import { Link } from 'react-router';
import styles from './button.module.css';

type Variant = { variant?: 'primary' | 'plain' | 'quiet' | 'danger'; small?: boolean };

function classOf({ variant = 'plain', small = false }: Variant): string {
	return [styles.button, styles[variant], small && styles.small].filter(Boolean).join(' ');
}

/** A button that acts on this page. Use ButtonLink for navigation. */
export function Button({ variant, small, ...rest }: Variant & Omit<ComponentProps<'button'>, 'className'>) {
	return <button type="button" {...rest} className={classOf({ variant, small } as Variant)} />;
}

/** Navigates to another page of the app. */
export function ButtonLink({
	variant,
	small,
	...rest
}: Variant & Omit<ComponentProps<typeof Link>, 'className'>) {
	return <Link {...rest} className={classOf({ variant, small } as Variant)} />;
}

/** Navigates with a full page load, for when the app may be broken. */
export function ButtonAnchor({ variant, small, ...rest }: Variant & Omit<ComponentProps<'a'>, 'className'>) {
	return <a {...rest} className={classOf({ variant, small } as Variant)} />;
}
