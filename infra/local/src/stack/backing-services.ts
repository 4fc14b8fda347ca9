import { choosePorts } from '../backing/ports.ts';
import { postgresAdminUrl, postgresSteps } from '../backing/postgres.ts';
import {
	defaultDiskFreeLimit,
	type RabbitPorts,
	rabbitManagementUrl,
	rabbitSteps,
	rabbitUrl,
} from '../backing/rabbitmq.ts';
import { radosGatewaySteps } from '../backing/radosgw.ts';
import { s3Endpoint, s3Process } from '../backing/s3.ts';
import type { Secrets } from '../backing/secrets.ts';
import type { Home } from '../supervisor/home.ts';
import type { Step } from '../supervisor/process.ts';
import type { S3Settings, Settings } from './settings.ts';

export type BackingServices = {
	steps: Step[];
	/** Undefined when the person gave databases of theirs. */
	postgresAdminUrl: string | undefined;
	amqpUrl: string;
	/** Undefined when the person gave a broker of theirs. */
	amqpManagementUrl: string | undefined;
	s3: S3Settings;
};

/** PostgreSQL, RabbitMQ and S3, each ours unless the settings give one. */
export async function backingServices(
	settings: Pick<Settings, 'external' | 'rabbitmq'>,
	{ home, secrets, durable }: { home: Home; secrets: Secrets; durable: boolean },
): Promise<BackingServices> {
	const { external } = settings;
	const postgres = external.databases === undefined ? await ownPostgres(home, secrets, durable) : undefined;
	const rabbit =
		external.amqpUrl === undefined ? await ownRabbit(home, secrets, settings.rabbitmq) : undefined;
	const store = external.s3 === undefined ? await ownS3(home, secrets) : undefined;
	const s3 = external.s3 ?? store?.settings;
	const amqpUrl = external.amqpUrl ?? rabbit?.url;
	if (s3 === undefined || amqpUrl === undefined)
		throw new Error('neither a local service nor a configured one');
	return {
		steps: [...(postgres?.steps ?? []), ...(rabbit?.steps ?? []), ...(store?.steps ?? [])],
		postgresAdminUrl: postgres?.adminUrl,
		amqpUrl,
		amqpManagementUrl: rabbit?.managementUrl,
		s3,
	};
}

/** The second S3 server, with the same key pair as the first. */
export async function secondS3(home: Home, secrets: Secrets): Promise<{ steps: Step[]; endpoint: string }> {
	const { radosgw: port } = await choosePorts(home, ['radosgw']);
	return {
		steps: radosGatewaySteps({
			home,
			port,
			accessKeyId: secrets.s3AccessKeyId,
			secretAccessKey: secrets.s3SecretAccessKey,
		}),
		endpoint: s3Endpoint(port),
	};
}

async function ownPostgres(
	home: Home,
	{ postgresPassword: password }: Secrets,
	durable: boolean,
): Promise<{ steps: Step[]; adminUrl: string }> {
	const { postgres: port } = await choosePorts(home, ['postgres']);
	return {
		steps: postgresSteps({ home, port, password, durable }),
		adminUrl: postgresAdminUrl({ port, password }),
	};
}

async function ownRabbit(
	home: Home,
	{ rabbitmqPassword: password, erlangCookie }: Secrets,
	given: Settings['rabbitmq'],
): Promise<{ steps: Step[]; url: string; managementUrl: string }> {
	const chosen = await choosePorts(home, [
		'rabbitmq',
		'rabbitmq-distribution',
		'epmd',
		'rabbitmq-management',
	]);
	const ports: RabbitPorts = {
		amqp: chosen.rabbitmq,
		distribution: chosen['rabbitmq-distribution'],
		epmd: chosen.epmd,
		management: chosen['rabbitmq-management'],
	};
	return {
		steps: rabbitSteps({
			...{ home, ports, password, erlangCookie },
			diskFreeLimitBytes: given?.diskFreeLimitBytes ?? defaultDiskFreeLimit(home.root),
			...(given && { unconfirmedMs: given.unconfirmedMs }),
		}),
		url: rabbitUrl({ ports, password }),
		managementUrl: rabbitManagementUrl({ ports, password }),
	};
}

async function ownS3(home: Home, secrets: Secrets): Promise<{ steps: Step[]; settings: S3Settings }> {
	const { s3: port } = await choosePorts(home, ['s3']);
	const settings: S3Settings = {
		endpoint: s3Endpoint(port),
		publicEndpoint: s3Endpoint(port),
		region: 'us-east-1',
		bucket: 'creatorr',
		accessKeyId: secrets.s3AccessKeyId,
		secretAccessKey: secrets.s3SecretAccessKey,
		forcePathStyle: 'true',
	};
	return { steps: [s3Process({ home, port, ...settings })], settings };
}
