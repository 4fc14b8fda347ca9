import { Button } from './button.tsx';

/** Loads the next page of a list. */
export function MoreButton({
	list,
}: {
	/** Of useInfiniteQuery. */
	list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
	if (!list.hasNextPage) return null;
	return (
		<div>
			<Button
				aria-disabled={list.isFetchingNextPage}
				onClick={() => !list.isFetchingNextPage && void list.fetchNextPage()}
			>
				{list.isFetchingNextPage ? 'Loading…' : 'Show more'}
			</Button>
		</div>
	);
}
