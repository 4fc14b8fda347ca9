import { useState } from 'react';
import styles from './theme-select.module.css';

/** Read by theme.js before the first paint. */
const KEY = 'creatorr.theme';
const THEMES = { system: 'System', light: 'Light', dark: 'Dark' } as const;
type Theme = keyof typeof THEMES;

function current(): Theme {
	const { theme } = document.documentElement.dataset;
	return theme === 'light' || theme === 'dark' ? theme : 'system';
}

function apply(theme: Theme): void {
	try {
		if (theme === 'system') localStorage.removeItem(KEY);
		else localStorage.setItem(KEY, theme);
	} catch {
		// without storage the value lives as long as the page
	}
	if (theme === 'system') delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
}

/** Selects the light, dark or system theme. */
export function ThemeSelect() {
	const [theme, setTheme] = useState(current);
	return (
		<label className={styles.choice}>
			Theme
			<select
				value={theme}
				onChange={(event) => {
					const chosen = event.target.value as Theme;
					apply(chosen);
					setTheme(chosen);
				}}
			>
				{Object.entries(THEMES).map(([value, name]) => (
					<option key={value} value={value}>
						{name}
					</option>
				))}
			</select>
		</label>
	);
}
