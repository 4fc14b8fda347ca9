import {
	accountDeleted,
	accountSuspended,
	accountUnsuspended,
	accountVerified,
	jobCanceled,
	jobEnded,
	jobFinished,
	jobProgressed,
	jobRequested,
	keyLeaked,
	planChanged,
	webhookCreated,
	webhookDisabled,
} from '@creatorr/contracts/events';

/** Events whose loss something else has repaired by the time they are dead-lettered, and how. */
const REPAIRED: readonly (readonly [type: string, how: string])[] = [
	[jobRequested.type, 'the job has failed with `internal` or was requested again'],
	[jobFinished.type, 'the attempt counts as lost, and the job has run again'],
	[jobProgressed.type, 'newer progress has replaced it'],
	[jobCanceled.type, 'the worker has learned of it with its next heartbeat'],
];

/** Returns why a dead-lettered message of this routing key needs no replay, or undefined if it needs one. */
export function reasonNotToReplay(routingKey: string): string | undefined {
	return REPAIRED.find(([type]) => routingKey === type || routingKey.startsWith(`${type}.`))?.[1];
}

/** By type, the permanent effect of dropping a message that needs a replay. */
const EFFECTS_OF_DROP: Readonly<Record<string, string>> = {
	[accountDeleted.type]: 'a service keeps data of a deleted account',
	[accountSuspended.type]: 'webhooks still sends events to the endpoints of a suspended account',
	[accountUnsuspended.type]: 'the webhook endpoints of an account stay disabled after its suspension',
	[accountVerified.type]:
		'a service keeps the limits of an unverified account, or webhook endpoints from before the verification',
	[jobEnded.type]: 'the user gets no webhook event about the end of the job',
	[keyLeaked.type]: 'the owner gets no webhook event about the leaked API key',
	[planChanged.type]: 'a service has the wrong plan for the user until the next change',
	[webhookCreated.type]: 'the owner gets no mail about the new endpoint',
	[webhookDisabled.type]: 'the owner gets no mail about the disabled endpoint',
};

/** Returns the permanent effect of dropping a message of this routing key. */
export function effectOfDrop(routingKey: string): string {
	return EFFECTS_OF_DROP[routingKey] ?? 'its effect is lost';
}
