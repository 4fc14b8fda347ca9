import { z } from 'zod';
import { startStripeServer } from './server.ts';

const config = z
	.object({
		PORT: z.coerce.number().int(),
		STATE_FILE: z.string().min(1),
		SECRET_KEY: z.string().startsWith('sk_test_'),
		WEBHOOK_SECRET: z.string().startsWith('whsec_'),
		WEBHOOK_URL: z.url(),
	})
	.parse(process.env);

const server = await startStripeServer({
	port: config.PORT,
	stateFile: config.STATE_FILE,
	secretKey: config.SECRET_KEY,
	webhookSecret: config.WEBHOOK_SECRET,
	webhookUrl: config.WEBHOOK_URL,
});

process.once('SIGTERM', () => void server.stop());
