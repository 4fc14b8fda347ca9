import { formatBytes, type Tool } from '@creatorr/client';
import { ArrowLeft } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { Link, useParams } from 'react-router';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { useSession, useUser, useUserChanges } from '../api/session.ts';
import { useTools } from '../api/tools.ts';
import { DropZone } from '../file-drop/drop-zone.tsx';
import { acceptsType, type FileRejection, partitionFiles } from '../file-drop/file-rejections.ts';
import { typeNames } from '../file-drop/media-types.ts';
import { RejectionList } from '../file-drop/rejection-list.tsx';
import { takeTransferredFiles, transferFiles } from '../file-drop/transfer-files.ts';
import { usePageDrop } from '../file-drop/use-page-drop.ts';
import { ParamsForm } from '../params/params-form.tsx';
import { type ToolParams, useToolParams } from '../params/use-params.ts';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { Button } from '../ui/button.tsx';
import { formatCount } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Spinner } from '../ui/spinner.tsx';
import { paramsToChange } from '../uploads/list/describe-failure.ts';
import { UploadList } from '../uploads/list/upload-list.tsx';
import { uploads, useUploads } from '../uploads/uploads.ts';
import { SignInStep } from './sign-in-step.tsx';
import styles from './tool-page.module.css';
import { useRejectedParams } from './use-rejected-params.ts';

/** The page of a tool, made from its manifest: no code here knows a particular tool. */
export function ToolPage() {
	const { slug = '' } = useParams();
	const userChanges = useUserChanges();
	const { data: tools, error, refetch } = useTools();
	if (!tools) {
		return error ? (
			<ProblemNotice what="Couldn’t load the tool" error={error} onRetry={refetch} />
		) : (
			<Spinner label="Loading tool" />
		);
	}
	const tool = tools.find((one) => one.slug === slug);
	// remounts for another tool or user
	return tool ? <ToolView key={`${slug} ${userChanges}`} tool={tool} tools={tools} /> : <NotFoundPage />;
}

/** Drop files, choose params, watch uploads, download results. */
function ToolView({ tool, tools }: { tool: Tool; tools: readonly Tool[] }) {
	usePageTitle(tool.title);
	const user = useUser();
	const session = useSession();
	const params = useToolParams(tool);
	const own = useUploads().filter((upload) => upload.tool === tool.slug);
	const { rejected: rejectedParams, onEdit } = useRejectedParams(own, params.fields);
	const toChange = own.flatMap(({ stage }) =>
		stage.kind === 'failed' ? paramsToChange(stage.problem, params.fields) : [],
	);
	const files = useFileIntake(tools, params);
	const isDragging = usePageDrop(files.accept);
	useTransferredFiles(tool.slug, files.accept);
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
					{!tool.available && <UnavailableNotice />}
					<DropZone
						accepts={tool.accepts}
						isDragging={isDragging}
						isCompact={own.length > 0}
						hint={`${typeNames(tool.accepts)}, up to ${limit} each.`}
						onFiles={files.accept}
					/>
					<RejectionList
						rejections={files.rejections}
						onOtherTool={files.transferRejected}
						onDismiss={files.dismissRejections}
					/>
					{files.held.length > 0 && (
						<HeldNotice count={files.held.length} isInvalid={params.isInvalid} onStart={files.startHeld} />
					)}
					{session.kind === 'out' && waiting > 0 && <SignInStep waiting={waiting} />}
					<UploadList uploads={own} params={params} />
				</div>
				<aside className={styles.options}>
					<ParamsForm params={params} rejected={rejectedParams} toChange={toChange} onEdit={onEdit} />
				</aside>
			</div>
		</>
	);
}

function UnavailableNotice() {
	return (
		<Notice kind="warn" title="This tool is temporarily unavailable">
			You can still add files. They’re processed when it’s back.
		</Notice>
	);
}

function HeldNotice({
	count,
	isInvalid,
	onStart,
}: {
	count: number;
	isInvalid: boolean;
	onStart: () => void;
}) {
	return (
		<Notice
			kind="warn"
			title={`${formatCount(count, 'file', 'files')} not started`}
			action={
				<Button variant="primary" small disabled={isInvalid} onClick={onStart}>
					Start
				</Button>
			}
		>
			Fix the highlighted option, then start.
		</Notice>
	);
}

/** Starts uploads of files that the tool accepts. Holds them back while a param is invalid. */
function useFileIntake(tools: readonly Tool[], params: ToolParams) {
	const { tool } = params;
	const user = useUser();
	const [rejected, setRejected] = useState<{ rejections: FileRejection[]; files: File[] }>();
	const [held, setHeld] = useState<readonly File[]>([]);

	function start(files: readonly File[]): void {
		uploads.add(files, { tool: tool.slug, ...params.toSend });
		setHeld([]);
	}

	function accept(files: readonly File[]): void {
		const { accepted, rejections } = partitionFiles(files, tool, tools, user?.plan);
		setRejected(
			rejections.length > 0
				? { rejections, files: files.filter((file) => !accepted.includes(file)) }
				: undefined,
		);
		if (params.isInvalid) setHeld([...held, ...accepted]);
		else if (accepted.length > 0) start(accepted);
	}

	function transferRejected(slug: string): void {
		const other = tools.find((one) => one.slug === slug);
		if (!other || !rejected) return;
		transferFiles(
			slug,
			rejected.files.filter((file) => acceptsType(other, file)),
		);
	}

	return {
		accept,
		held,
		startHeld: () => start(held),
		rejections: rejected?.rejections ?? [],
		transferRejected,
		dismissRejections: () => setRejected(undefined),
	};
}

/** Accepts files that were dropped on another page for this tool. */
function useTransferredFiles(slug: string, accept: (files: readonly File[]) => void): void {
	const onFiles = useEffectEvent(accept);
	useEffect(() => {
		const files = takeTransferredFiles(slug);
		if (files.length > 0) onFiles(files);
	}, [slug]);
}
