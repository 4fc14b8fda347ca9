import { memo } from 'react';
import type { ApiDescription, Group } from './api-description.ts';
import { OperationSection } from './operation-section.tsx';
import styles from './reference.module.css';

/** All operations, by group. */
export const Reference = memo(function Reference({
	groups,
	description,
}: {
	groups: readonly Group[];
	description: ApiDescription;
}) {
	return groups.map((group) => (
		<section key={group.name} aria-labelledby={`group-${group.name}`}>
			<div className={styles.head}>
				<h2 id={`group-${group.name}`}>{group.title}</h2>
				<p>{group.description}</p>
			</div>
			{group.operations.map((operation) => (
				<OperationSection key={operation.id} operation={operation} description={description} />
			))}
		</section>
	));
});
