import type { components, operations } from './generated/api.ts';

type Schemas = components['schemas'];
type RequestBody<Id extends 'createApiKey' | 'updateApiKey' | 'rotateApiKey'> =
	operations[Id]['requestBody']['content']['application/json'];

export type User = Schemas['User'];
export type SignedIn = Schemas['SignedIn'];
export type Session = Schemas['Session'];
export type Upload = Schemas['Upload'];
export type MultipartUpload = Schemas['MultipartUpload'];
/** The parts of an upload: with `etag` if stored, otherwise with `upload_url`. */
export type UploadParts =
	operations['listFileParts']['responses'][200]['content']['application/json']['data'];
export interface StoredPart {
	part_number: number;
	etag: string;
}
export type File = Schemas['File'];
export type FileRow = Schemas['FileRow'];
export type Tool = Schemas['Tool'];
export type Job = Schemas['Job'];
export type CreatedJob = Schemas['CreatedJob'];
export type JobStatus = Job['status'];
export type Billing = Schemas['Billing'];
export type Plan = Schemas['Plan'];
export type Usage = Schemas['Usage'];
export type ApiKey = Schemas['ApiKey'];
/** A key that was just created, with the key itself. */
export type NewApiKey = Schemas['NewApiKey'];
export type ApiKeyEvent = Schemas['ApiKeyEvent'];
/** What an API key may do. */
export type Scope = ApiKey['scopes'][number];
export type NewApiKeyOptions = RequestBody<'createApiKey'>;
export type ApiKeyChange = RequestBody<'updateApiKey'>;
export type ApiKeyRotation = Partial<RequestBody<'rotateApiKey'>>;
/** What the API says about an error code. */
export type ErrorDescription = Schemas['ErrorDescription'];

export type Webhook = Schemas['Webhook'];
export type CreatedWebhook = Schemas['CreatedWebhook'];
export type Delivery = Schemas['Delivery'];
export type DeliveryWithAttempts = Schemas['DeliveryWithAttempts'];
/** How many missed events are sent, and whether more are left. */
export type Recovery =
	operations['recoverDeliveries']['responses'][202]['content']['application/json']['data'];
export type Event = Schemas['Event'];
/** The event of a delivery. Types that are added later are strings, too. */
export type WebhookEvent = Omit<Event, 'type'> & { type: Event['type'] | (string & {}) };

type BodyOf<Id extends keyof operations> = operations[Id] extends {
	requestBody: { content: { 'application/json': infer Body } };
}
	? Body
	: never;
export type NewWebhook = BodyOf<'createWebhook'>;
export type WebhookChange = BodyOf<'updateWebhook'>;
export type DeliveryQuery = NonNullable<operations['listDeliveries']['parameters']['query']>;
export type EventQuery = NonNullable<operations['listEvents']['parameters']['query']>;

export type JobQuery = NonNullable<operations['listJobs']['parameters']['query']>;
export type PageQuery = NonNullable<operations['listFiles']['parameters']['query']>;

/** A page of a list. `next_cursor` is null on the last page. */
export interface Page<T> {
	data: T[];
	next_cursor: string | null;
}

/** Options of every call. */
export interface CallOptions {
	signal?: AbortSignal | undefined;
}
