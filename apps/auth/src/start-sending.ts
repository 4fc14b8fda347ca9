import { createNotificationListener } from '@creatorr/database/notifications';
import { OUTBOX_CHANNEL } from '@creatorr/database/outbox';
import type { Broker } from '@creatorr/messaging/connection';
import { createPublisher } from '@creatorr/messaging/publisher';
import { startRelay } from '@creatorr/messaging/relay';
import { repeat } from '@creatorr/service/repeat';
import type { Config } from './config.ts';
import { MAIL_CHANNEL } from './data/mails.ts';
import { type SendMailsDeps, sendMails } from './domain/send-mails.ts';
import { createMailer } from './mailer.ts';

/** Finds mails that are due again, and what a lost notification left behind. */
const MAILS_INTERVAL_MS = 5_000;

interface Given {
	config: Config;
	broker: Broker;
	/** Publishes some rows of the outbox; answers how many. */
	publishOutbox(publish: ReturnType<typeof createPublisher>): Promise<number>;
	readOutboxLag: Parameters<typeof startRelay>[0]['readLag'];
	deps: Omit<SendMailsDeps, 'sendMail' | 'appUrl'>;
}

function startMails({ config, deps }: Given) {
	const mailer = createMailer({
		from: config.MAIL_FROM,
		smtpUrl: config.SMTP_URL,
		directory: config.MAIL_DIR,
	});
	const sending: SendMailsDeps = {
		...deps,
		appUrl: config.APP_URL,
		sendMail: (message) => mailer.send(message),
	};
	const repeater = repeat({
		name: 'mails',
		intervalMs: MAILS_INTERVAL_MS,
		async run(stopping) {
			while (!stopping.aborted && (await sendMails(sending)) > 0);
		},
		logger: deps.logger,
	});
	return {
		wake: () => repeater.wake(),
		async stop() {
			mailer.close();
			await repeater.stop();
		},
	};
}

/** Sends what transactions left behind: events in the outbox, and mails. */
export function startSending(given: Given): { stop(): Promise<void> } {
	const { config, broker, publishOutbox, readOutboxLag, deps } = given;
	const publish = createPublisher(broker);
	const relay = startRelay({
		publishBatch: () => publishOutbox(publish),
		readLag: readOutboxLag,
		logger: deps.logger,
	});
	const mails = startMails(given);
	const wakeAll = () => {
		relay.wake();
		mails.wake();
	};
	const listener = createNotificationListener({
		databaseUrl: config.AUTH_DATABASE_DIRECT_URL ?? config.AUTH_DATABASE_URL,
		channels: [OUTBOX_CHANNEL, MAIL_CHANNEL],
		onNotification: (channel) => (channel === MAIL_CHANNEL ? mails : relay).wake(),
		onReconnect: wakeAll,
		onLost: (error) => deps.logger.warn('outbox.listener_lost', { error }),
	});
	return {
		async stop() {
			await listener.close();
			await Promise.all([relay.stop(), mails.stop()]);
		},
	};
}
