import { formatBytes, type Tool } from '@creatorr/client';
import { formatCount } from '../ui/format.ts';
import type { ApiDescription, Schema } from './api-description.ts';
import { CodeExample } from './code-example.tsx';
import { AnchoredHeading, Chapter, headingId } from './docs-section.tsx';
import { toolExamples } from './examples/examples.ts';
import { FieldList } from './field-list.tsx';
import { fieldsOf } from './schema-fields.ts';
import styles from './tools-chapter.module.css';

const PLANS = { free: 'Free', pro: 'Pro' } as const;

export const toolSectionId = (slug: string) => `tool-${slug}`;

/** Lists the available tools with their types, limits and params. */
export function ToolsChapter({
	tools,
	description,
}: {
	tools: readonly Tool[];
	description: ApiDescription;
}) {
	return (
		<Chapter id="tools" title="Tools">
			<p>
				Each tool has a short name, its slug. To create a job, send the slug as <code>tool</code> and the
				options as <code>params</code>. Omitted params get their defaults. Unknown params are rejected.
			</p>
			{tools.map((tool) => (
				<ToolSection key={tool.slug} tool={tool} description={description} />
			))}
		</Chapter>
	);
}

function ToolSection({ tool, description }: { tool: Tool; description: ApiDescription }) {
	const id = toolSectionId(tool.slug);
	return (
		<section id={id} aria-labelledby={headingId(id)} className={styles.tool}>
			<div className={styles.words}>
				<AnchoredHeading level={3} id={id}>
					{tool.title}
				</AnchoredHeading>
				<p>{tool.summary}</p>
				<dl className={styles.facts}>
					<dt>Slug</dt>
					<dd>
						<code>{tool.slug}</code>
					</dd>
					<dt>Accepts</dt>
					<dd className={styles.types}>
						{tool.accepts.map((type) => (
							<code key={type}>{type}</code>
						))}
					</dd>
					{Object.entries(tool.plans).map(([plan, limits]) => (
						<div key={plan} className={styles.pair}>
							<dt>{PLANS[plan as keyof typeof PLANS]}</dt>
							<dd>
								Up to {formatBytes(limits.max_input_bytes)} and{' '}
								{formatCount(limits.max_pages, 'page', 'pages')} a job
							</dd>
						</div>
					))}
				</dl>
				<h4>Params</h4>
				<FieldList fields={fieldsOf(tool.params as Schema, description)} isRequest />
				{tool.presets && <PresetList presets={tool.presets} />}
			</div>
			<div className={styles.example}>
				<CodeExample label="Example" examples={toolExamples(tool, location.origin)} />
			</div>
		</section>
	);
}

function PresetList({ presets }: { presets: NonNullable<Tool['presets']> }) {
	return (
		<>
			<h4>Presets</h4>
			<dl className={styles.facts}>
				{presets.map(({ name, title, summary, params }) => (
					<div key={name} className={styles.pair}>
						<dt>{title}</dt>
						<dd>
							{summary} <code>{JSON.stringify(params)}</code>
						</dd>
					</div>
				))}
			</dl>
		</>
	);
}
