import { type ConfirmChannel, connect } from 'amqplib';

/** Opens a second client, which inspects queues and sends what our publisher never does. */
export async function withRawChannel<T>(
	url: string,
	work: (channel: ConfirmChannel) => Promise<T>,
): Promise<T> {
	const connection = await connect(url);
	try {
		return await work(await connection.createConfirmChannel());
	} finally {
		await connection.close();
	}
}
