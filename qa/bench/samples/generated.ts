import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCX, PDF } from '@creatorr/tool-kit/files/media-types';
import { docx, paragraph } from '@creatorr/tools/testing/builders/ooxml';
import { transform } from '@creatorr/tools/testing/command';
import { imagePage, photo, textPage } from '@creatorr/tools/testing/pages';
import { pdfFile, type RawImage } from '@creatorr/tools/testing/pdf-file';
import { scratchRoot } from '../run/scratch.ts';
import { type Sample, SUCCEEDED } from './samples.ts';

const LINES = Array.from({ length: 18 }, (_, row) => `${row + 1}. The harbor master measured a bridge.`);
const TEXT = textPage(LINES);
const PHOTO = imagePage(photo(800, 600));

type Maker = { name: string; mimeType: string; make: () => Buffer | Promise<Buffer> };

/** A small document for each tool. */
const MAKERS: Readonly<Record<string, Maker>> = {
	compress_heavy: { name: 'report.pdf', mimeType: PDF, make: () => pdfFile({ pages: [TEXT, PHOTO, TEXT] }) },
	ocr: { name: 'scan.pdf', mimeType: PDF, make: () => scanOf(1) },
	office_to_pdf: {
		...{ name: 'letter.docx', mimeType: DOCX },
		make: () => docx({ body: LINES.map(paragraph).join('') }),
	},
};

export const SAMPLED_TOOLS: readonly string[] = Object.keys(MAKERS);

/** Writes the sample of a tool. */
export async function writeSample(tool: string): Promise<Sample> {
	const maker = MAKERS[tool];
	if (!maker) throw new Error(`there is no sample for ${tool}`);
	const { name: label, mimeType, make } = maker;
	return { tool, path: write(label, await make()), label, mimeType, params: {}, expect: [SUCCEEDED] };
}

/** Writes a PDF of images of text, and returns its path. */
export async function writeScan(pages: number): Promise<string> {
	return write(`scan-${pages}.pdf`, await scanOf(pages));
}

async function scanOf(pages: number): Promise<Buffer> {
	const toPgm = ['-c', 'pdftoppm -r 150 -gray -singlefile {in} > {out}'];
	const pgm = await transform(pdfFile({ pages: [TEXT] }), 'bash', toPgm);
	const [header = '', width, height] = /^P5\s(\d+)\s(\d+)\s255\s/.exec(pgm.toString('latin1', 0, 30)) ?? [];
	const samples = pgm.subarray(header.length);
	const image: RawImage = { width: Number(width), height: Number(height), channels: 1, samples };
	return pdfFile({ pages: Array.from({ length: pages }, () => imagePage(image)) });
}

function write(name: string, content: Buffer): string {
	const path = join(scratchRoot(), name);
	writeFileSync(path, content);
	return path;
}
