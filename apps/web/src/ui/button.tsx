import type { ComponentProps } from 'react';
import { Link } from 'react-router';
import styles from './button.module.css';

type Look = { look?: 'primary' | 'plain' | 'quiet' | 'danger'; small?: boolean };

function classOf({ look = 'plain', small = false }: Look): string {
	return [styles.button, styles[look], small && styles.small].filter(Boolean).join(' ');
}

/** Does something here; what leads somewhere is a ButtonLink. */
export function Button({ look, small, ...rest }: Look & Omit<ComponentProps<'button'>, 'className'>) {
	return <button type="button" {...rest} className={classOf({ look, small } as Look)} />;
}

/** Leads to another page of the app. */
export function ButtonLink({ look, small, ...rest }: Look & Omit<ComponentProps<typeof Link>, 'className'>) {
	return <Link {...rest} className={classOf({ look, small } as Look)} />;
}

/** Leads to a page by loading it, as where the app itself may have broken. */
export function ButtonAnchor({ look, small, ...rest }: Look & Omit<ComponentProps<'a'>, 'className'>) {
	return <a {...rest} className={classOf({ look, small } as Look)} />;
}
