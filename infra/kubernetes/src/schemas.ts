import { Ajv } from 'ajv';
import { rabbitmqCluster } from './rabbitmq-cluster.ts';
import type { Resource } from './render.ts';

interface Problem {
	instancePath: string;
	message?: string;
}

/** A kind of the API, with its JSON schema. */
type Model = new (data: object) => { validate(): void };

/** Maps with free keys. */
const MAPS = /\/(labels|annotations|matchLabels|data|requests|limits)$/;

function moduleOf(apiVersion: string): string {
	return apiVersion.startsWith('keda.sh/')
		? `@kubernetes-models/keda/${apiVersion}`
		: `kubernetes-models/${apiVersion}`;
}

async function modelOf({ apiVersion, kind }: Resource): Promise<Model> {
	const models = (await import(moduleOf(apiVersion))) as Record<string, Model>;
	const model = models[kind];
	if (!model) throw new Error(`no schema is known for ${apiVersion} ${kind}`);
	return model;
}

/** The models copy plain objects before they validate them, which would read every field. They don't copy instances of a class. */
class Watched {}

/**
 * Returns a copy, and adds all its fields to `unread` until something reads them. A validator reads only the fields of its schema. The API
 * would drop the others silently.
 */
function watched<T>(data: T, path: string, unread: Set<string>): T {
	if (typeof data !== 'object' || data === null) return data;
	if (Array.isArray(data)) return data.map((item, index) => watched(item, `${path}/${index}`, unread)) as T;
	if (MAPS.test(path)) return data;
	const copy = new Watched();
	for (const [name, value] of Object.entries(data)) {
		const here = `${path}/${name}`;
		const inner = watched(value, here, unread);
		unread.add(here);
		const get = () => {
			unread.delete(here);
			return inner;
		};
		Object.defineProperty(copy, name, { enumerable: true, get });
	}
	return copy as T;
}

function validate(model: Model, data: object): string[] {
	try {
		new model(data).validate();
		return [];
	} catch (error) {
		const { errors } = error as { errors?: Problem[] };
		if (!errors) throw error;
		return errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
	}
}

function problemsOfCluster(resource: Resource): string[] {
	const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
	ajv.validate(rabbitmqCluster, resource);
	return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Returns the problems of a resource: invalid, missing and unknown fields. */
export async function problemsOf(resource: Resource): Promise<string[]> {
	if (resource.kind === 'RabbitmqCluster') return problemsOfCluster(resource);
	const unread = new Set<string>();
	const refused = validate(await modelOf(resource), watched(resource, '', unread));
	const unknown = [...unread].filter((path) => ![...unread].some((other) => path.startsWith(`${other}/`)));
	return [...refused, ...unknown.map((path) => `${path} is not a field of the API`)];
}
