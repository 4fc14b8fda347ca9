import { Button } from '../../ui/button.tsx';

/** Takes a notice away that was read. */
export function Dismiss({ onClick }: { onClick: () => void }) {
	return (
		<Button look="quiet" small onClick={onClick}>
			Got it
		</Button>
	);
}
