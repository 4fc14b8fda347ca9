/** Files that were dropped on another page than their tool's. */
let waiting: { slug: string; files: readonly File[] } | undefined;

/** Call it right before navigating to the tool's page. */
export function transferFiles(slug: string, files: readonly File[]): void {
	waiting = { slug, files };
}

/** Returns the files transferred to this tool, once. */
export function takeTransferredFiles(slug: string): readonly File[] {
	if (waiting?.slug !== slug) return [];
	const { files } = waiting;
	waiting = undefined;
	return files;
}
