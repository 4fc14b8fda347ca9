/** A program that runs beside ours, in a process of its own, as Debian packages it. */
export interface Program {
	name: string;
	/** As SPDX writes it. */
	licence: string;
	/** What Debian's copyright file says of it, or said of a version before: a test looks for it there. */
	says: string;
	packages: readonly string[];
	does: string;
}

const LANGUAGES = ['eng', 'deu', 'fra', 'spa', 'ita', 'por', 'nld'].map((code) => `tesseract-ocr-${code}`);

/** What a worker runs on people's documents. */
export const OF_WORKERS: readonly Program[] = [
	{
		...{ name: 'Ghostscript', licence: 'AGPL-3.0-or-later', says: 'AGPL-3+', packages: ['ghostscript'] },
		does: 'OCR: writes PDF/A, called by OCRmyPDF',
	},
	{
		...{ name: 'OCRmyPDF', licence: 'MPL-2.0', says: 'MPL-2.0', packages: ['ocrmypdf'] },
		does: 'OCR',
	},
	{
		...{ name: 'Tesseract’s models', licence: 'Apache-2.0', says: 'Apache-2.0', packages: LANGUAGES },
		does: 'OCR: with Tesseract (Apache-2.0) itself',
	},
	{
		...{ name: 'tesserocr', licence: 'MIT', says: 'Expat', packages: ['python3-tesserocr'] },
		does: 'OCR: Tesseract from Python',
	},
	{
		name: 'unpaper',
		licence: 'GPL-2.0-only',
		says: 'GPL-2',
		packages: ['unpaper'],
		does: 'OCR: cleans scans',
	},
	{
		...{ name: 'pngquant', licence: 'GPL-3.0-or-later', says: 'BSD-2-clause', packages: ['pngquant'] },
		does: 'OCR: smaller pictures',
	},
	{
		...{ name: 'jbig2enc', licence: 'Apache-2.0', says: 'Apache-2.0', packages: ['jbig2'] },
		does: 'compression, OCR: pictures of two colours',
	},
	{
		name: 'qpdf',
		licence: 'Apache-2.0',
		says: 'Apache License',
		packages: ['qpdf'],
		does: 'all tools: reads and writes PDF',
	},
	{
		...{
			name: 'Poppler',
			licence: 'GPL-2.0-only OR GPL-3.0-only',
			says: 'GPL-2 or GPL-3',
			packages: ['poppler-utils'],
		},
		does: 'compression, OCR: draws pages, takes text out',
	},
	{
		...{ name: 'pikepdf', licence: 'MPL-2.0', says: 'MPL-2.0', packages: ['python3-pikepdf'] },
		does: 'compression, OCR: changes PDF from Python',
	},
	{
		...{ name: 'Pillow', licence: 'MIT-CMU', says: 'terms and conditions', packages: ['python3-pil'] },
		does: 'all tools: pictures',
	},
	{
		name: 'NumPy',
		licence: 'BSD-3-Clause',
		says: 'BSD-3-Clause',
		packages: ['python3-numpy'],
		does: 'compression',
	},
	{
		...{ name: 'fontTools', licence: 'MIT', says: 'Expat', packages: ['python3-fonttools'] },
		does: 'compression: smaller fonts',
	},
	{
		...{ name: 'LibreOffice', licence: 'MPL-2.0', says: 'MPL-2.0' },
		packages: [
			...['writer', 'calc', 'impress'].map((part) => `libreoffice-${part}-nogui`),
			...['libreoffice-uiconfig-writer', 'python3-uno'],
		],
		does: 'office documents',
	},
	{
		...{ name: 'Liberation fonts', licence: 'OFL-1.1', says: 'SIL-OFL-1.1', packages: ['fonts-liberation'] },
		does: 'office documents',
	},
	{
		...{ name: 'Liberation Sans Narrow', licence: 'GPL-2.0-only WITH Font-exception-2.0' },
		...{
			says: 'GPL-2 with Font exception',
			packages: ['fonts-liberation-sans-narrow'],
			does: 'office documents',
		},
	},
	{
		...{
			name: 'DejaVu fonts',
			licence: 'Bitstream-Vera',
			says: 'bitstream-vera',
			packages: ['fonts-dejavu-core'],
		},
		does: 'office documents',
	},
	{
		...{ name: 'Carlito, Caladea', licence: 'OFL-1.1', says: 'OFL-1.1' },
		packages: ['fonts-crosextra-carlito', 'fonts-crosextra-caladea'],
		does: 'office documents',
	},
	{
		...{ name: 'Droid fallback', licence: 'Apache-2.0', says: 'Apache', packages: ['fonts-droid-fallback'] },
		does: 'office documents',
	},
	{
		...{ name: 'bubblewrap', licence: 'LGPL-2.1-or-later', says: 'LGPL-2.1+', packages: ['bubblewrap'] },
		does: 'the sandbox of all tools',
	},
];

/** What else `npm start`, the tests and the bench install. */
export const AROUND: readonly Program[] = [
	{
		...{ name: 'RabbitMQ', licence: 'MPL-2.0', says: 'MPL', packages: ['rabbitmq-server'] },
		does: 'the broker of `npm start`',
	},
	{
		...{ name: 'jemalloc', licence: 'BSD-2-Clause', says: 'BSD-2-clause', packages: ['libjemalloc2'] },
		does: 'the memory of the gateway',
	},
	{ name: 'curl', licence: 'curl', says: 'curl', packages: ['curl'], does: 'the README’s walkthrough' },
	{ name: 'jq', licence: 'MIT', says: 'MIT', packages: ['jq'], does: 'the README’s walkthrough' },
	{
		...{
			name: 'Ceph’s object gateway',
			licence: 'LGPL-2.1-only OR LGPL-3.0-only',
			says: 'LGPL',
			packages: ['radosgw'],
		},
		does: 'tests: a second store',
	},
	{
		name: 'PgBouncer',
		licence: 'ISC',
		says: 'Permission to use, copy, modify, and/or distribute this software for any',
		packages: ['pgbouncer'],
		does: 'tests: a pooler before Postgres',
	},
	{
		name: 'Chromium',
		licence: 'BSD-3-Clause',
		says: 'BSD-3-clause',
		packages: ['chromium'],
		does: 'tests in a browser',
	},
	{
		name: 'Kustomize',
		licence: 'Apache-2.0',
		says: 'Apache-2.0',
		packages: ['kustomize'],
		does: 'tests: Kubernetes',
	},
	{
		...{ name: 'Docker Compose', licence: 'Apache-2.0', says: 'Apache-2.0', packages: ['docker-compose'] },
		does: 'tests: Compose',
	},
	{
		...{ name: 'ReportLab', licence: 'BSD-3-Clause', says: 'ReportLab', packages: ['python3-reportlab'] },
		does: 'the bench: makes files',
	},
	{
		...{ name: 'img2pdf', licence: 'LGPL-3.0-or-later', says: 'LGPL-3+', packages: ['python3-img2pdf'] },
		does: 'OCR by OCRmyPDF, and the bench',
	},
];

/** What the bench alone installs, to hold ours against. */
export const OF_THE_BENCH: readonly Omit<Program, 'says'>[] = [
	{ name: 'nginx', licence: 'BSD-2-Clause', packages: ['nginx'], does: 'the bench: another gateway' },
	{ name: 'wrk', licence: 'Apache-2.0', packages: ['wrk'], does: 'the bench: asks gateways' },
];
