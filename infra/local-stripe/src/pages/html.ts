import type { Response } from 'express';

const STYLE = `
	body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem; color: #1a1f36; }
	label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
	input { padding: .5rem; margin: .25rem 0 1rem; }
	button { padding: .6rem; margin-bottom: .5rem; cursor: pointer; }
	.error { color: #b3093c; }
	.note { color: #697386; font-size: .875rem; }
`;

/** HTML that is safe to send; made only by `html`. */
export class Html {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

/** A template whose values are escaped, unless they are HTML themselves; lists are joined. */
export function html(
	parts: TemplateStringsArray,
	...values: (string | number | Html | Html[] | null)[]
): Html {
	return new Html(parts.reduce((text, part, index) => text + render(values[index - 1] ?? null) + part));
}

/** A whole page, without a script. */
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

/** What a page's request is answered with, once what it did is done. */
export type Reply = { status: number; body: string } | { location: string };

export function send(response: Response, reply: Reply): void {
	if ('location' in reply) response.redirect(303, reply.location);
	else response.status(reply.status).send(reply.body);
}

/** Cents as people read them. */
export function money(cents: number): string {
	return `$${(cents / 100).toFixed(2)}`;
}

/** A day as people read it. */
export function day(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function render(value: string | number | Html | Html[] | null): string {
	if (value === null) return '';
	if (value instanceof Html) return value.text;
	if (Array.isArray(value)) return value.map(({ text }) => text).join('\n');
	return String(value).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
