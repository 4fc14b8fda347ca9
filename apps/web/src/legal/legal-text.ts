/** A heading with the paragraphs below it. */
export interface LegalSection {
	heading: string;
	paragraphs: readonly string[];
}

/** Parses a legal text: blocks between blank lines, a heading where a block starts with "# ". */
export function parseLegalText(text: string): LegalSection[] {
	const sections: { heading: string; paragraphs: string[] }[] = [];
	for (const block of text.split(/\r?\n\s*\r?\n/)) {
		const trimmed = block.trim();
		if (trimmed.startsWith('# ')) sections.push({ heading: trimmed.slice(2), paragraphs: [] });
		else if (trimmed !== '') {
			if (sections.length === 0) sections.push({ heading: '', paragraphs: [] });
			sections.at(-1)?.paragraphs.push(trimmed);
		}
	}
	return sections;
}
