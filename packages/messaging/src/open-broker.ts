import type { Logger } from '@creatorr/service/logger';
import { type Broker, connectBroker } from './connection.ts';
import { createPublisher, type Publish } from './publisher.ts';

/** What this needs of the service context. */
interface Context {
	name: string;
	logger: Logger;
	onClose(close: () => unknown): void;
}

/** Connection and publisher of a service. */
export interface Messaging {
	broker: Broker;
	/** Resolves once the broker has the event in every bound queue. If it rejects, publish the event again. */
	publish: Publish;
	logger: Logger;
}

/** Opens a service's connection to the broker, and closes it with the service. Connects later if the broker is down. */
export async function openBroker(
	{ name, logger, onClose }: Context,
	options: { url: string; tools?: readonly string[] },
): Promise<Messaging> {
	const broker = await connectBroker({ ...options, name, logger });
	onClose(() => broker.close());
	return { broker, publish: createPublisher(broker), logger };
}
