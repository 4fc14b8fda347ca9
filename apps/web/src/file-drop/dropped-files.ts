interface Dropped {
	files: File[];
	/** Names of files and folders that could not be read. */
	unreadable: string[];
}

/** Returns all files of a drop, also those in folders. Call it within the event: the browser clears the data after it. */
export async function droppedFiles(data: DataTransfer): Promise<Dropped> {
	const entries = [...data.items].map((item) => item.webkitGetAsEntry());
	const isFlat = entries.every((entry) => entry === null || entry.isFile);
	return isFlat ? { files: [...data.files], unreadable: [] } : within(entries);
}

async function within(entries: readonly (FileSystemEntry | null)[]): Promise<Dropped> {
	const found = await Promise.all(entries.map((entry) => entry && filesOf(entry)));
	return {
		files: found.flatMap((one) => one?.files ?? []),
		unreadable: found.flatMap((one) => one?.unreadable ?? []),
	};
}

async function filesOf(entry: FileSystemEntry): Promise<Dropped> {
	if (entry.name.startsWith('.')) return { files: [], unreadable: [] };
	try {
		if (isFile(entry)) return { files: [await fileOf(entry)], unreadable: [] };
		return await within(isDirectory(entry) ? await entriesOf(entry) : []);
	} catch {
		return { files: [], unreadable: [entry.name] };
	}
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
	return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** Chromium returns at most 100 entries per read. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
	const reader = directory.createReader();
	const all: FileSystemEntry[] = [];
	while (true) {
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
