import { type ConfirmChannel, connect } from 'amqplib';

/** A second client, for looking at queues and sending what our publisher never would. */
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
