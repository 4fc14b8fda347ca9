/**
 * Schema of the fields of RabbitmqCluster (rabbitmq.com/v1beta1) that we use, written by hand from its CustomResourceDefinition, because
 * no package provides it. It rejects fields that are not listed here; add them as the CustomResourceDefinition describes them.
 */
const quantity = { type: ['string', 'number'] };
const resources = {
	type: 'object',
	additionalProperties: false,
	properties: {
		requests: { type: 'object', additionalProperties: quantity },
		limits: { type: 'object', additionalProperties: quantity },
	},
};

export const rabbitmqCluster = {
	type: 'object',
	additionalProperties: false,
	required: ['apiVersion', 'kind', 'metadata', 'spec'],
	properties: {
		apiVersion: { const: 'rabbitmq.com/v1beta1' },
		kind: { const: 'RabbitmqCluster' },
		metadata: { type: 'object', required: ['name'] },
		spec: {
			type: 'object',
			additionalProperties: false,
			properties: {
				replicas: { type: 'integer', minimum: 0 },
				persistence: {
					type: 'object',
					additionalProperties: false,
					properties: { storage: quantity, storageClassName: { type: 'string' } },
				},
				resources,
				rabbitmq: {
					type: 'object',
					additionalProperties: false,
					properties: { additionalConfig: { type: 'string', maxLength: 2000 } },
				},
			},
		},
	},
};
