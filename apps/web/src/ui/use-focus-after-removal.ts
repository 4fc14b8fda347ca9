import { useEffect, useRef } from 'react';
import { isFocusLost } from './use-kept-focus.ts';

/** When an item of a list goes with the focus in it, the focus goes to the page, and not to its very beginning. */
export function useFocusAfterRemoval(count: number): void {
	const before = useRef(count);
	useEffect(() => {
		if (count < before.current && isFocusLost())
			document.getElementById('main')?.focus({ preventScroll: true });
		before.current = count;
	}, [count]);
}
