import type { Resource } from './render.ts';

/** The fields of resources that the tests read. */
export interface Variable {
	name: string;
	value?: string;
	valueFrom?: {
		secretKeyRef?: KeyRef;
		configMapKeyRef?: KeyRef;
		fieldRef?: { fieldPath: string };
	};
}

export interface Probe {
	httpGet?: { path: string; port: string };
}

interface KeyRef {
	name: string;
	key: string;
	optional?: boolean;
}

interface Container {
	name: string;
	image: string;
	command?: string[];
	env?: Variable[];
	envFrom?: { configMapRef?: { name: string } }[];
	ports?: { name: string; containerPort: number }[];
	resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
	securityContext?: Record<string, unknown>;
	startupProbe?: Probe;
	readinessProbe?: Probe;
	livenessProbe?: Probe;
}

interface Pod {
	containers: Container[];
	initContainers?: Container[];
	hostUsers?: boolean;
	automountServiceAccountToken?: boolean;
	securityContext?: { runAsNonRoot?: boolean; seccompProfile?: { type: string; localhostProfile?: string } };
}

interface Peer {
	podSelector?: Selector;
	namespaceSelector?: Selector;
	ipBlock?: { cidr: string };
}

interface Selector {
	matchLabels?: Record<string, string>;
	matchExpressions?: { key: string; operator: 'In'; values: string[] }[];
}

interface Rule {
	from?: Peer[];
	to?: Peer[];
	ports?: { port: number; protocol: string }[];
}

interface Policy {
	podSelector: Selector;
	policyTypes: string[];
	ingress?: Rule[];
	egress?: Rule[];
}

export function ofKind(resources: readonly Resource[], kind: string): Resource[] {
	return resources.filter((resource) => resource.kind === kind);
}

export function named(resources: readonly Resource[], kind: string, name: string): Resource {
	const found = ofKind(resources, kind).find((resource) => resource.metadata.name === name);
	if (!found) throw new Error(`there is no ${kind} ${name}`);
	return found;
}

/** Returns the pod template of a Deployment or a DaemonSet. */
export function podOf(resource: Resource): Pod {
	return (resource.spec as { template: { spec: Pod } }).template.spec;
}

/** Returns the container of an app. Throws if there is none. */
export function appContainer(resources: readonly Resource[], app: string): Container {
	const container = podOf(named(resources, 'Deployment', app)).containers.find(({ name }) => name === 'app');
	if (!container) throw new Error(`${app} has no container app`);
	return container;
}

/**
 * Returns the environment of a container: references resolved by `lookUp`, optional ones left out where it has no value, and
 * `$(NAME)` replaced.
 */
export function resolveEnvironment(
	container: Container,
	lookUp: (kind: 'Secret' | 'ConfigMap', name: string, key: string) => string | undefined,
): Record<string, string> {
	const env: Record<string, string> = {};
	const refer = (variable: string, kind: 'Secret' | 'ConfigMap', { name, key, optional }: KeyRef): void => {
		const value = lookUp(kind, name, key);
		if (value !== undefined) env[variable] = value;
		else if (!optional) throw new Error(`there is no ${key} in the ${kind} ${name}`);
	};
	for (const { name, value, valueFrom } of container.env ?? []) {
		if (value !== undefined)
			env[name] = value.replaceAll(/\$\((\w+)\)/g, (_all, other: string) => env[other] ?? '');
		else if (valueFrom?.secretKeyRef) refer(name, 'Secret', valueFrom.secretKeyRef);
		else if (valueFrom?.configMapKeyRef) refer(name, 'ConfigMap', valueFrom.configMapKeyRef);
		else env[name] = '10.0.0.1';
	}
	return env;
}

function selects(
	{ matchLabels = {}, matchExpressions = [] }: Selector,
	labels: Record<string, string>,
): boolean {
	return (
		Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
		matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
	);
}

/** The labels of pods, by which policies select them. */
export type Labels = Record<string, string>;

function allows(rules: readonly Rule[], other: Labels, port: number, side: 'from' | 'to'): boolean {
	return rules.some((rule) => {
		const peers = rule[side];
		const isPeer =
			peers === undefined ||
			peers.some(
				({ podSelector, namespaceSelector }) =>
					podSelector !== undefined && !namespaceSelector && selects(podSelector, other),
			);
		return isPeer && (rule.ports === undefined || rule.ports.some((allowed) => allowed.port === port));
	});
}

/** Returns whether the policies let some pods of the namespace connect to a port of others there. */
export function mayConnect(resources: readonly Resource[], from: Labels, to: Labels, port: number): boolean {
	const policies = ofKind(resources, 'NetworkPolicy').map(({ spec }) => spec as Policy);
	const egress = policies.filter(
		({ podSelector, policyTypes }) => policyTypes.includes('Egress') && selects(podSelector, from),
	);
	const ingress = policies.filter(
		({ podSelector, policyTypes }) => policyTypes.includes('Ingress') && selects(podSelector, to),
	);
	return (
		egress.some((policy) => allows(policy.egress ?? [], to, port, 'to')) &&
		ingress.some((policy) => allows(policy.ingress ?? [], from, port, 'from'))
	);
}

function placeOf({ ipBlock, namespaceSelector }: Peer): string {
	return ipBlock?.cidr ?? namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? 'anywhere';
}

/** Returns the addresses and namespaces, with ports, that these pods may connect to outside their namespace, except DNS. */
export function outsideOf(resources: readonly Resource[], from: Labels): string[] {
	return ofKind(resources, 'NetworkPolicy')
		.map(({ spec }) => spec as Policy)
		.filter(({ podSelector, policyTypes }) => policyTypes.includes('Egress') && selects(podSelector, from))
		.flatMap(({ egress = [] }) => egress)
		.flatMap(({ to = [{}], ports = [] }) =>
			to.flatMap((peer) => (peer.podSelector ? [] : ports.map(({ port }) => `${placeOf(peer)}:${port}`))),
		)
		.toSorted();
}
