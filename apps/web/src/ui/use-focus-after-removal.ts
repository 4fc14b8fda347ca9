import { useEffect, useRef } from 'react';

/** When an item of a list goes with the focus in it, the focus goes to the page, and not to its very beginning. */
export function useFocusAfterRemoval(count: number): void {
	const before = useRef(count);
	useEffect(() => {
		const isLost = document.activeElement === null || document.activeElement === document.body;
		if (count < before.current && isLost) document.getElementById('main')?.focus({ preventScroll: true });
		before.current = count;
	}, [count]);
}
