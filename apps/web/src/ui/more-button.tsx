import { useEffect, useRef, useState } from 'react';
import { Button } from './button.tsx';

/** Loads the next page of a list. After the last page the focus moves to the message that says so. */
export function MoreButton({
	list,
}: {
	/** The result of useInfiniteQuery. */
	list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
	const [wasUsed, setUsed] = useState(false);
	const end = useRef<HTMLParagraphElement>(null);
	const isAtEnd = wasUsed && !list.hasNextPage;
	useEffect(() => {
		if (isAtEnd) end.current?.focus({ preventScroll: true });
	}, [isAtEnd]);
	if (!list.hasNextPage) {
		return isAtEnd ? (
			<p ref={end} tabIndex={-1}>
				End of list.
			</p>
		) : null;
	}
	return (
		<div>
			<Button
				aria-disabled={list.isFetchingNextPage}
				onClick={() => {
					setUsed(true);
					if (!list.isFetchingNextPage) void list.fetchNextPage();
				}}
			>
				{list.isFetchingNextPage ? 'Loading…' : 'Show more'}
			</Button>
		</div>
	);
}
