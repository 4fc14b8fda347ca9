import { type ApiDescription, type ErrorAnswer, errorMeanings } from './api-description.ts';
import styles from './error-list.module.css';

/** Errors with their status, their code and what they mean. */
export function ErrorList({
	errors,
	description,
}: {
	errors: readonly ErrorAnswer[];
	description: ApiDescription;
}) {
	const meanings = errorMeanings(description);
	return (
		<ul className={styles.errors}>
			{errors.map(({ status, code }) => (
				<li key={`${status} ${code}`}>
					<span className={styles.status}>{status}</span>
					<span>
						<code>{code}</code> {meanings[code] && <span className={styles.meaning}>{meanings[code]}</span>}
					</span>
				</li>
			))}
		</ul>
	);
}
