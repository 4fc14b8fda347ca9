import { NavLink } from 'react-router';
import styles from './link-tabs.module.css';

/** Pages side by side, of which one is open. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly (readonly [string, string])[] }) {
	return (
		<nav aria-label={label}>
			<ul className={styles.tabs}>
				{tabs.map(([path, name]) => (
					<li key={path}>
						<NavLink to={path}>{name}</NavLink>
					</li>
				))}
			</ul>
		</nav>
	);
}
