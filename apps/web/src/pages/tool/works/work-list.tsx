import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '../../../ui/button.tsx';
import { VisuallyHidden } from '../../../ui/visually-hidden.tsx';
import { works } from '../../../works/the-works.ts';
import { isOver, type Work } from '../../../works/work.ts';
import { downloadAll, type Wanted } from './download.ts';
import type { ToolChoice } from './tool-choice.ts';
import { useAction } from './use-action.ts';
import { useAnnouncement } from './use-announcement.ts';
import styles from './work-list.module.css';
import { WorkRow } from './work-row.tsx';

/** All files of this tool, the newest first. */
export function WorkList({ all, choice }: { all: readonly Work[]; choice: ToolChoice }) {
	const announcement = useAnnouncement(all);
	const wanted = useMemo(() => all.flatMap(wantedOf), [all]);
	const over = all.filter(isOver);
	const taking = useAction(() => downloadAll(wanted, `creatorr ${choice.tool.title}.zip`));
	return (
		<>
			<VisuallyHidden>
				<span role="status">{announcement}</span>
			</VisuallyHidden>
			{all.length > 0 && (
				<section className={styles.works} aria-label="Your files">
					{all.length === 1 ? (
						<h2 className={styles.unseen}>Your file</h2>
					) : (
						<div className={styles.head}>
							<h2>{all.length} files</h2>
							{wanted.length > 1 && (
								<Button small look="primary" disabled={taking.isBusy} onClick={taking.start}>
									<Download size={18} aria-hidden="true" />
									{taking.isBusy ? 'Packing…' : `Download all ${wanted.length}`}
								</Button>
							)}
							{over.length > 1 && (
								<Button
									small
									look="quiet"
									onClick={() => {
										for (const { id } of over) works.remove(id);
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

function wantedOf({ stage }: Work): Wanted[] {
	if (stage.kind !== 'succeeded' || stage.output === 'gone' || stage.output === null) return [];
	return [{ id: stage.output.id, sizeBytes: stage.output.size_bytes }];
}
