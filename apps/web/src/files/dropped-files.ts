/** All files of a drop, those in folders too. Has to be called within the event: the browser forgets a drop after it. */
export function droppedFiles(data: DataTransfer): Promise<File[]> {
	const entries = [...data.items].map((item) => item.webkitGetAsEntry());
	if (entries.every((entry) => entry === null || entry.isFile)) return Promise.resolve([...data.files]);
	return filesWithin(entries);
}

async function filesWithin(entries: readonly (FileSystemEntry | null)[]): Promise<File[]> {
	const found = await Promise.all(entries.map((entry) => (entry ? filesOf(entry) : [])));
	return found.flat();
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
	if (entry.name.startsWith('.')) return [];
	if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
	return isDirectory(entry) ? filesWithin(await entriesOf(entry)) : [];
}

/** A directory tells them a hundred at a time. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
	const reader = directory.createReader();
	const all: FileSystemEntry[] = [];
	for (;;) {
		const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
			reader.readEntries(resolve, reject),
		);
		if (some.length === 0) return all;
		all.push(...some);
	}
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
	return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
	return entry.isDirectory;
}
