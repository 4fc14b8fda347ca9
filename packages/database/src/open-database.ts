import { createPrisma, type DatabaseSettings } from './client.ts';
import { createNotificationListener, type NotificationListenerOptions } from './notifications.ts';
import { type PoolingCheck, requireSessionPooling } from './pooling.ts';

/** What this needs of the service context. */
interface Context {
	name: string;
	logger: PoolingCheck['logger'];
	useNotifications(
		listen: (options: Omit<NotificationListenerOptions, 'databaseUrl'>) => { close(): Promise<void> },
	): void;
	onClose(close: () => unknown): void;
}

interface Options extends Omit<DatabaseSettings, 'applicationName'> {
	/** Name of the direct URL's setting, such as `JOBS_DATABASE_DIRECT_URL`. */
	directUrlSetting: string;
	/** Maximum timeouts of all pools of this service, if they differ from this pool's. */
	timeouts?: PoolingCheck['timeouts'];
}

/**
 * Opens the database of a service: its pool, and LISTEN for its tasks. Both are closed with the service. Connects later if the database is
 * down. Throws a TransactionPoolerError if LISTEN would go through a pooler in transaction mode.
 */
export async function openDatabase<Client extends { $disconnect(): Promise<void> }>(
	context: Context,
	PrismaClient: Parameters<typeof createPrisma<Client>>[0],
	{ directUrlSetting, timeouts, ...settings }: Options,
): Promise<Client> {
	const { databaseUrl, directUrl } = settings;
	const closing = new AbortController();
	context.onClose(() => closing.abort());
	await requireSessionPooling({
		databaseUrl,
		directUrl,
		directUrlSetting,
		closing: closing.signal,
		...(timeouts && { timeouts }),
		logger: context.logger,
	});
	context.useNotifications((options) =>
		createNotificationListener({ databaseUrl: directUrl ?? databaseUrl, ...options }),
	);
	const prisma = createPrisma(PrismaClient, { ...settings, applicationName: `creatorr-${context.name}` });
	context.onClose(() => prisma.$disconnect());
	return prisma;
}
