import type { PageSize } from './page-sizes.ts';

/** What a PDF holds besides what its pages show, counted. */
export const STRUCTURE_FEATURES = [
	'annotations',
	'links',
	'widgets',
	'fields',
	'outlineItems',
	'outlineTargets',
	'attachments',
	'tags',
	'xfa',
	'namedDestinations',
	'pageLabels',
	'layers',
] as const;

export type StructureFeature = (typeof STRUCTURE_FEATURES)[number];

export interface PdfStructure {
	counts: Record<StructureFeature, number>;
	signatures: number;
	isEncrypted: boolean;
	pageSizes: PageSize[];
}

const ANNOTATION_SUBTYPES = new Set(
	(
		'Text FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Caret Stamp Ink Popup ' +
		'FileAttachment Sound Movie Screen Watermark Redact 3D RichMedia'
	)
		.split(' ')
		.map((subtype) => `"/${subtype}"`),
);

// Keys of qpdf's own, without a slash, come from its outlines, acroform, attachments and pagelabels sections.
const BY_KEY: Readonly<Record<string, StructureFeature>> = {
	'/StructTreeRoot': 'tags',
	'/XFA': 'xfa',
	'/Dests': 'namedDestinations',
	title: 'outlineItems',
	fullname: 'fields',
	preferredname: 'attachments',
	index: 'pageLabels',
};

/** Counts over the lines of qpdf's JSON, version 2. */
export function structureCounter() {
	const counts = Object.fromEntries(
		STRUCTURE_FEATURES.map((feature) => [feature, 0]),
	) as PdfStructure['counts'];
	let signatures = 0;
	let isEncrypted = false;
	return {
		takeLine(line: string): void {
			const [, key, value] = /^\s*"([^"]+)": (.*?),?$/.exec(line) ?? [];
			if (key === undefined || value === undefined || value === 'null') return;
			const feature = BY_KEY[key];
			if (feature) counts[feature] += 1;
			if (key === '/Subtype') countAnnotation(counts, value);
			if (key === '/Type' && value === '"/OCG"') counts.layers += 1;
			if (key === 'destpageposfrom1') counts.outlineTargets += 1;
			if (key === '/ByteRange') signatures += 1;
			if (key === 'encrypted') isEncrypted = value === 'true';
		},
		result: () => ({ counts, signatures, isEncrypted }),
	};
}

function countAnnotation(counts: PdfStructure['counts'], subtype: string): void {
	if (subtype === '"/Link"') counts.links += 1;
	else if (subtype === '"/Widget"') counts.widgets += 1;
	else if (ANNOTATION_SUBTYPES.has(subtype)) counts.annotations += 1;
}

/** The features of which a candidate has less than the original. */
export function lostFeatures(original: PdfStructure, candidate: PdfStructure): StructureFeature[] {
	return STRUCTURE_FEATURES.filter((feature) => candidate.counts[feature] < original.counts[feature]);
}

const PAGE_SIZE_TOLERANCE_POINTS = 1;

/** Whether two PDFs have as many pages, each of the same size as shown. */
export function hasSamePages(original: PdfStructure, candidate: PdfStructure): boolean {
	return (
		original.pageSizes.length === candidate.pageSizes.length &&
		original.pageSizes.every((size, page) =>
			size.every(
				(side, axis) =>
					Math.abs(side - (candidate.pageSizes[page]?.[axis] ?? 0)) <= PAGE_SIZE_TOLERANCE_POINTS,
			),
		)
	);
}
