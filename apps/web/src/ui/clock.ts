import { useEffect, useState } from 'react';

/** Counts down the whole seconds until a time in ms since the epoch. Returns 0 after it, or without one. */
export function useCountdown(until: number | undefined): number {
	const [now, setNow] = useState(Date.now);
	const secondsLeft = until === undefined ? 0 : Math.max(0, Math.ceil((until - now) / 1_000));
	useEffect(() => {
		if (until === undefined) return;
		setNow(Date.now());
		const timer = setInterval(() => {
			setNow(Date.now());
			if (Date.now() >= until) clearInterval(timer);
		}, 500);
		return () => clearInterval(timer);
	}, [until]);
	return secondsLeft;
}

const TICK_MS = 5_000;

/** Returns the time in ms since the epoch, updated every 5 s while it is needed. */
export function useNow(isNeeded: boolean): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		if (!isNeeded) return;
		setNow(Date.now());
		const timer = setInterval(() => setNow(Date.now()), TICK_MS);
		return () => clearInterval(timer);
	}, [isNeeded]);
	return now;
}
