import { type ComponentType, useEffect, useState } from 'react';
import { useOnline } from '../api/online.ts';

/**
 * A part of the page that is fetched by itself, and without which the page does: should it not come, nothing is in its
 * place, and it is asked for again when the network is back.
 */
export function optionalPart(load: () => Promise<ComponentType>): ComponentType {
	return function OptionalPart() {
		const [Part, setPart] = useState<ComponentType>();
		const isOnline = useOnline();
		const isMissing = Part === undefined;
		useEffect(() => {
			if (isOnline && isMissing) {
				load().then(
					(loaded) => setPart(() => loaded),
					() => undefined,
				);
			}
		}, [isOnline, isMissing]);
		return Part ? <Part /> : null;
	};
}
