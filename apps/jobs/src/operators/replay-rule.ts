import {
	accountDeleted,
	jobCanceled,
	jobFinished,
	jobProgressed,
	jobRequested,
	planChanged,
} from '@creatorr/contracts/events';

/** Events whose loss something else has repaired by the time they are dead-lettered, and how. */
const REPAIRED: readonly (readonly [type: string, how: string])[] = [
	[jobRequested.type, 'the job has failed `internal`, or was asked for again'],
	[jobFinished.type, 'the attempt counts as lost, and the job has run again'],
	[jobProgressed.type, 'progress is worth something only while it is new'],
	[jobCanceled.type, 'the worker has heard of it with its next beat'],
];

/** Returns why a dead-lettered message of this routing key needs no replay, or undefined if it needs one. */
export function whyNoReplay(routingKey: string): string | undefined {
	return REPAIRED.find(([type]) => routingKey === type || routingKey.startsWith(`${type}.`))?.[1];
}

/** Returns the permanent damage when a message that needs a replay is dropped. */
export function damageOfDrop(routingKey: string): string {
	if (routingKey === accountDeleted.type)
		return 'a service keeps what it has of a user whose account is gone';
	if (routingKey === planChanged.type)
		return 'a service takes the user for one on another plan, until the next change';
	return 'nothing makes up for it';
}
