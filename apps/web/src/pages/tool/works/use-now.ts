import { useEffect, useState } from 'react';

const EVERY_MS = 5_000;

/** The time, now and then, while somebody wants to know. */
export function useNow(isWanted: boolean): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		if (!isWanted) return;
		setNow(Date.now());
		const timer = setInterval(() => setNow(Date.now()), EVERY_MS);
		return () => clearInterval(timer);
	}, [isWanted]);
	return now;
}
