import { type RefObject, useEffect, useRef } from 'react';

/** Whether what had the focus has left the page with it. */
export function isFocusLost(): boolean {
	return document.activeElement === null || document.activeElement === document.body;
}

/** When what has the focus within a part of the page is replaced, the focus goes to that part, which has to be focusable. */
export function useKeptFocus(part: RefObject<HTMLElement | null>): void {
	const isWithin = useRef(false);
	useEffect(() => {
		const note = ({ target }: Event) => {
			isWithin.current = target instanceof Node && (part.current?.contains(target) ?? false);
		};
		// what a click leads the focus to may be nothing at all
		document.addEventListener('focusin', note);
		document.addEventListener('pointerdown', note);
		return () => {
			document.removeEventListener('focusin', note);
			document.removeEventListener('pointerdown', note);
		};
	}, [part]);
	// on purpose after each rendering: any of them may take something away
	useEffect(() => {
		if (isWithin.current && isFocusLost()) part.current?.focus({ preventScroll: true });
	});
}
