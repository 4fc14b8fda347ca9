import { extname } from 'node:path';
import * as types from '@creatorr/tool-kit/files/media-types';

const BY_EXTENSION: Readonly<Record<string, string>> = {
	pdf: types.PDF,
	png: types.PNG,
	jpg: types.JPEG,
	jpeg: types.JPEG,
	tif: types.TIFF,
	tiff: types.TIFF,
	webp: types.WEBP,
	doc: types.DOC,
	docx: types.DOCX,
	odt: types.ODT,
	rtf: types.RTF,
	txt: types.TEXT,
	html: types.HTML,
	htm: types.HTML,
	xls: types.XLS,
	xlsx: types.XLSX,
	ods: types.ODS,
	csv: types.CSV,
	ppt: types.PPT,
	pptx: types.PPTX,
	odp: types.ODP,
};

/** As whoever uploads the file would declare it; undefined for what no tool takes. */
export function declaredType(path: string): string | undefined {
	return BY_EXTENSION[extname(path).slice(1).toLowerCase()];
}
