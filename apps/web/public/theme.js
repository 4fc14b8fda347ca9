// Before the first paint, so that nobody who chose a theme sees the other one flash.
try {
	const theme = localStorage.getItem('creatorr.theme');
	if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
	// a browser that keeps nothing shows what the system prefers
}
