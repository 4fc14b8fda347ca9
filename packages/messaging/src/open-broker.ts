import type { Logger } from '@creatorr/service/logger';
import { type Broker, connectBroker } from './connection.ts';
import { createPublisher, type Publish } from './publisher.ts';

/** What this needs of the service that is starting. */
interface Context {
	name: string;
	logger: Logger;
	onClose(close: () => unknown): void;
}

/** What consumers and the outbox of a service work with. */
export interface Messaging {
	broker: Broker;
	/** Resolves once the broker has the event safe in every queue that wants it. Rejects otherwise: publish it again. */
	publish: Publish;
	logger: Logger;
}

/** Opens a service's connection to the broker, and closes it with the service. A broker that is away is connected later. */
export async function openBroker(
	{ name, logger, onClose }: Context,
	options: { url: string; tools?: readonly string[] },
): Promise<Messaging> {
	const broker = await connectBroker({ ...options, name, logger });
	onClose(() => broker.close());
	return { broker, publish: createPublisher(broker), logger };
}
