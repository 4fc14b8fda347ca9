import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '../../../ui/button.tsx';
import { toast } from '../../../ui/toasts.ts';
import { useFocusAfterRemoval } from '../../../ui/use-focus-after-removal.ts';
import { VisuallyHidden } from '../../../ui/visually-hidden.tsx';
import { works } from '../../../works/the-works.ts';
import type { Work } from '../../../works/work.ts';
import { downloadAll, type Wanted } from './download.ts';
import type { ToolChoice } from './tool-choice.ts';
import { useAction } from './use-action.ts';
import { useAnnouncement } from './use-announcement.ts';
import styles from './work-list.module.css';
import { WorkRow } from './work-row.tsx';

/** All files of this tool, the newest first. */
export function WorkList({ all, choice }: { all: readonly Work[]; choice: ToolChoice }) {
	const announcement = useAnnouncement(all);
	useFocusAfterRemoval(all.length);
	const wanted = useMemo(() => all.flatMap(wantedOf), [all]);
	// what failed may still be helped
	const done = all.filter(({ stage }) => stage.kind === 'succeeded' || stage.kind === 'canceled');
	const taking = useAction(async () => {
		const gone = await downloadAll(wanted, `creatorr ${choice.tool.title}.zip`);
		if (gone.length === 0) return;
		for (const { workId } of gone) works.outputGone(workId);
		toast({ text: `No longer kept, and left out: ${gone.map(({ name }) => name).join(', ')}.`, stays: true });
	});
	return (
		<>
			<VisuallyHidden>
				<span role="status">
					<span key={announcement.count}>{announcement.text}</span>
				</span>
			</VisuallyHidden>
			{all.length > 0 && (
				<section className={styles.works} aria-label="Your files">
					{all.length === 1 ? (
						<h2 className={styles.unseen}>Your file</h2>
					) : (
						<div className={styles.head}>
							<h2>{all.length} files</h2>
							{wanted.length > 1 && (
								<Button small look="primary" aria-disabled={taking.isBusy} onClick={taking.start}>
									<Download size={18} aria-hidden="true" />
									{taking.isBusy ? 'Packing…' : `Download all ${wanted.length}`}
								</Button>
							)}
							{done.length > 1 && (
								<Button
									small
									look="quiet"
									onClick={() => {
										for (const { id } of done) works.remove(id);
									}}
								>
									Clear what is done
								</Button>
							)}
						</div>
					)}
					<ul className={styles.list}>
						{all.map((work) => (
							<WorkRow key={work.id} work={work} choice={choice} isOnly={all.length === 1} />
						))}
					</ul>
				</section>
			)}
		</>
	);
}

function wantedOf({ id: workId, stage }: Work): (Wanted & { workId: string })[] {
	if (stage.kind !== 'succeeded' || stage.output === 'gone' || stage.output === null) return [];
	const { id, name, size_bytes: sizeBytes } = stage.output;
	return [{ workId, id, name, sizeBytes }];
}
