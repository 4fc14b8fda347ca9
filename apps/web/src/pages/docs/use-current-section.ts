import { useEffect, useState } from 'react';

/** A section is read while it is in this strip of the window, near its top. */
const STRIP = '-12% 0px -80% 0px';

/** Which of the sections, by id, is read now. */
export function useCurrentSection(ids: string): string | undefined {
	const [current, setCurrent] = useState<string>();
	useEffect(() => {
		const observer = new IntersectionObserver(
			(entries) => {
				const entered = entries.filter(({ isIntersecting }) => isIntersecting).at(-1);
				if (entered) setCurrent(entered.target.id);
			},
			{ rootMargin: STRIP },
		);
		for (const id of ids.split(' ')) {
			const section = document.getElementById(id);
			if (section) observer.observe(section);
		}
		return () => observer.disconnect();
	}, [ids]);
	return current;
}
