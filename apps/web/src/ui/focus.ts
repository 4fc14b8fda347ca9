import { type RefObject, useEffect, useRef } from 'react';

/** Whether the focused element was removed from the page. */
function isFocusLost(): boolean {
	return document.activeElement === null || document.activeElement === document.body;
}

/** Moves the focus to `part`, which must be focusable, when the focused element within it is removed. */
export function useRestoredFocus(part: RefObject<HTMLElement | null>): void {
	const hadFocus = useRef(false);
	useEffect(() => {
		const onFocusChange = ({ target }: Event) => {
			hadFocus.current = target instanceof Node && (part.current?.contains(target) ?? false);
		};
		// a click may move the focus to nothing
		document.addEventListener('focusin', onFocusChange);
		document.addEventListener('pointerdown', onFocusChange);
		return () => {
			document.removeEventListener('focusin', onFocusChange);
			document.removeEventListener('pointerdown', onFocusChange);
		};
	}, [part]);
	// after every render, because any of them may remove the element
	useEffect(() => {
		if (hadFocus.current && isFocusLost()) part.current?.focus({ preventScroll: true });
	});
}

/**
 * Moves the focus to the main element when a focused list item is removed, instead of losing it to the top of the
 * document.
 */
export function useFocusAfterRemoval(count: number): void {
	const before = useRef(count);
	useEffect(() => {
		if (count < before.current && isFocusLost())
			document.getElementById('main')?.focus({ preventScroll: true });
		before.current = count;
	}, [count]);
}
