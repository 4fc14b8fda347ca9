import type { Tool } from '@creatorr/client';
import { ArrowLeft } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { Link } from 'react-router';
import { useSession, useUser } from '../../api/session.ts';
import { handOver, takeHandedOver } from '../../files/hand-over.ts';
import { typeNames } from '../../files/media-types.ts';
import { type Refusal, sortOut, takesType } from '../../files/refusals.ts';
import { usePageDrop } from '../../files/use-page-drop.ts';
import { Button } from '../../ui/button.tsx';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { useWorks, works } from '../../works/the-works.ts';
import { DropZone } from './drop/drop-zone.tsx';
import { RefusalList } from './drop/refusal-list.tsx';
import { ParamsForm } from './params/params-form.tsx';
import { useParams } from './params/use-params.ts';
import { SignInStep } from './sign-in-step.tsx';
import styles from './tool-view.module.css';
import { useRefusedOptions } from './use-refused-options.ts';
import { WorkList } from './works/work-list.tsx';

/** Drop a file, watch it work, take it home. */
export function ToolView({ tool, tools }: { tool: Tool; tools: readonly Tool[] }) {
	usePageTitle(tool.title);
	const user = useUser();
	const session = useSession();
	const params = useParams(tool);
	const own = useWorks().filter((work) => work.tool === tool.slug);
	const { refused, onEdit } = useRefusedOptions(own);
	const [turnedAway, setTurnedAway] = useState<{ refusals: Refusal[]; files: File[] }>();
	const [held, setHeld] = useState<readonly File[]>([]);
	const optionsAreWrong = Object.keys(params.problems).length > 0;

	function start(files: readonly File[]): void {
		works.add(files, { tool: tool.slug, ...params.toSend() });
		setHeld([]);
	}

	function take(files: readonly File[]): void {
		const { taken, refused: refusals } = sortOut(files, tool, tools, user?.plan);
		setTurnedAway(
			refusals.length > 0 ? { refusals, files: files.filter((one) => !taken.includes(one)) } : undefined,
		);
		if (optionsAreWrong) setHeld([...held, ...taken]);
		else if (taken.length > 0) start(taken);
	}

	const isOver = usePageDrop(take);
	useHandedOver(tool.slug, take);

	const toOtherTool = (slug: string) => {
		const other = tools.find((one) => one.slug === slug);
		if (other && turnedAway)
			handOver(
				slug,
				turnedAway.files.filter((file) => takesType(other, file)),
			);
	};
	const limit = formatBytes(tool.plans[user?.plan ?? 'free'].max_input_bytes);
	const waiting = own.filter(({ userId }) => userId === null).length;
	return (
		<>
			<header className={styles.header}>
				<Link to="/" className={styles.back ?? ''}>
					<ArrowLeft size={16} aria-hidden="true" />
					All tools
				</Link>
				<h1>{tool.title}</h1>
				<p>{tool.summary}</p>
			</header>
			<div className={styles.columns}>
				<div className={styles.files}>
					{!tool.available && (
						<Notice kind="warn" title="Nobody works with this tool just now">
							You can drop your files all the same. They wait in line, and it goes on by itself.
						</Notice>
					)}
					<DropZone
						accepts={tool.accepts}
						isOver={isOver}
						isCompact={own.length > 0}
						hint={`${typeNames(tool.accepts)}, up to ${limit} each. Or paste them.`}
						onFiles={take}
					/>
					{turnedAway && (
						<RefusalList
							refused={turnedAway.refusals}
							onOtherTool={toOtherTool}
							onDismiss={() => setTurnedAway(undefined)}
						/>
					)}
					{held.length > 0 && (
						<Notice
							kind="warn"
							title={`${formatCount(held.length, 'file', 'files')} not started yet`}
							action={
								<Button look="primary" small disabled={optionsAreWrong} onClick={() => start(held)}>
									Start
								</Button>
							}
						>
							Mend the option that is marked, then start.
						</Notice>
					)}
					{session.kind === 'out' && waiting > 0 && <SignInStep waiting={waiting} />}
					<WorkList
						all={own}
						choice={{ tool, fields: params.fields, isWrong: optionsAreWrong, toSend: params.toSend }}
					/>
				</div>
				<aside className={styles.options}>
					<ParamsForm state={params} refused={refused} onEdit={onEdit} />
				</aside>
			</div>
		</>
	);
}

/** Takes what was dropped on another page for this tool. */
function useHandedOver(slug: string, take: (files: readonly File[]) => void): void {
	const takeThem = useEffectEvent(take);
	useEffect(() => {
		const files = takeHandedOver(slug);
		if (files.length > 0) takeThem(files);
	}, [slug]);
}
