const STYLE = `
	body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem; color: #1a1f36; }
	button { display: block; width: 100%; font: inherit; padding: .6rem; margin-bottom: .5rem; cursor: pointer; }
	.error { color: #b3093c; }
	.note { color: #697386; font-size: .875rem; }
`;

/** Escaped HTML, as `html` makes it. */
export class Html {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

/** Makes HTML of a template. Escapes values that are not HTML themselves, and joins lists. */
export function html(
	parts: TemplateStringsArray,
	...values: (string | number | Html | Html[] | null)[]
): Html {
	return new Html(parts.reduce((text, part, index) => text + render(values[index - 1] ?? null) + part));
}

/** Returns a whole page without scripts. */
export function page(title: string, content: Html): string {
	return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
<h1>${title}</h1>
${content}
<p class="note">This is the local stand-in for Stripe: no money moves.</p>
</html>
`.text;
}

/** The message that something failed. */
export function problemOf(message: string): Html {
	return html`<p class="error" role="alert">${message}</p>`;
}

/** The response of a page. */
export type Reply = { status: number; body: string } | { location: string };

/** Formats cents. */
export function money(cents: number): string {
	return `$${(cents / 100).toFixed(2)}`;
}

/** Formats the day of a time in seconds. */
export function day(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function render(value: string | number | Html | Html[] | null): string {
	if (value === null) return '';
	if (value instanceof Html) return value.text;
	if (Array.isArray(value)) return value.map(({ text }) => text).join('\n');
	return String(value).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
