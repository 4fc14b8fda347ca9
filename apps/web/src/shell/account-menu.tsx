import type { User } from '@creatorr/client';
import { UserRound } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import { signOut } from '../api/session.ts';
import styles from './account-menu.module.css';

const ID = 'account-menu';

/** The menu of the signed-in user, a native popover. */
export function AccountMenu({ user }: { user: User }) {
	const menu = useRef<HTMLDivElement>(null);
	const { pathname } = useLocation();
	// closes the menu after navigation
	useEffect(() => menu.current?.hidePopover(), [pathname]);

	return (
		<>
			<button type="button" className={styles.button} popoverTarget={ID} aria-label="Your account">
				<UserRound size={20} aria-hidden="true" />
			</button>
			<div id={ID} ref={menu} popover="auto" className={styles.menu}>
				<p className={styles.who}>
					{user.name && <strong>{user.name}</strong>}
					<span>{user.email}</span>
					<span>{user.plan === 'pro' ? 'Pro plan' : 'Free plan'}</span>
				</p>
				<ul>
					<li>
						<Link to="/account">Account and plan</Link>
					</li>
					<li>
						<Link to="/files">Files</Link>
					</li>
					<li>
						<button type="button" onClick={() => void signOut()}>
							Sign out
						</button>
					</li>
				</ul>
			</div>
		</>
	);
}
