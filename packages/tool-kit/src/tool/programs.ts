/** A program, a library or a font that a tool uses in its sandbox, as Debian packages it. None is linked into our own code. */
export interface Program {
	name: string;
	/** An SPDX expression. */
	license: string;
	/** What Debian's copyright file says of the license; a test looks for these words in the file. */
	copyrightText: string;
	/** Debian packages to install. */
	packages: readonly string[];
	/** What it does for the tool, for docs/licenses.md: `draws pages, extracts text`. */
	purpose?: string;
	/** Executables of these packages, or of packages that they depend on, without which the tool can't run. */
	binaries?: readonly string[];
	/** Modules of the system's Python, beyond those that come with it, without which the tool can't run. */
	pythonModules?: readonly string[];
}

/** Programs that several tools use. What only one tool uses is in its own manifest. */
export const QPDF: Program = {
	name: 'qpdf',
	license: 'Apache-2.0',
	copyrightText: 'Apache License',
	packages: ['qpdf'],
	purpose: 'reads and writes PDF',
	binaries: ['qpdf'],
};

export const POPPLER: Program = {
	name: 'Poppler',
	license: 'GPL-2.0-only OR GPL-3.0-only',
	copyrightText: 'GPL-2 or GPL-3',
	packages: ['poppler-utils'],
	purpose: 'draws pages, extracts text',
	binaries: ['pdftoppm', 'pdftotext'],
};

export const PIKEPDF: Program = {
	name: 'pikepdf',
	license: 'MPL-2.0',
	copyrightText: 'MPL-2.0',
	packages: ['python3-pikepdf'],
	purpose: 'changes PDF from Python',
	pythonModules: ['pikepdf'],
};

export const PILLOW: Program = {
	name: 'Pillow',
	license: 'MIT-CMU',
	copyrightText: 'terms and conditions',
	packages: ['python3-pil'],
	purpose: 'images',
	pythonModules: ['PIL'],
};

export const JBIG2ENC: Program = {
	name: 'jbig2enc',
	license: 'Apache-2.0',
	copyrightText: 'Apache-2.0',
	packages: ['jbig2'],
	purpose: 'images of two colors',
	binaries: ['jbig2'],
};

/** Part of every tool: the kit runs each command in it. */
export const BUBBLEWRAP: Program = {
	name: 'bubblewrap',
	license: 'LGPL-2.1-or-later',
	copyrightText: 'LGPL-2.1+',
	packages: ['bubblewrap'],
	purpose: 'the sandbox of all tools',
	binaries: ['bwrap'],
};

/** The executables that a tool with these programs needs: Python too, if one of them is a module of it. */
export function binariesOf(programs: readonly Program[]): string[] {
	const python = pythonModulesOf(programs).length > 0 ? ['python3'] : [];
	return [...new Set([...programs.flatMap(({ binaries = [] }) => binaries), ...python])];
}

/** The Python modules that a tool with these programs needs. */
export function pythonModulesOf(programs: readonly Program[]): string[] {
	return [...new Set(programs.flatMap(({ pythonModules = [] }) => pythonModules))];
}
