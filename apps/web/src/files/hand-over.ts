/** Files on their way from the page where they were dropped to the tool that takes them. */
let waiting: { slug: string; files: readonly File[] } | undefined;

/** To be called just before going to the tool's page. */
export function handOver(slug: string, files: readonly File[]): void {
	waiting = { slug, files };
}

/** What was handed over to this tool, once. */
export function takeHandedOver(slug: string): readonly File[] {
	if (waiting?.slug !== slug) return [];
	const { files } = waiting;
	waiting = undefined;
	return files;
}
