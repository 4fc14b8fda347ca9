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
	[jobRequested.type, 'the job has failed with `internal` or was requested again'],
	[jobFinished.type, 'the attempt counts as lost, and the job has run again'],
	[jobProgressed.type, 'newer progress has replaced it'],
	[jobCanceled.type, 'the worker has learned of it with its next heartbeat'],
];

/** Returns why a dead-lettered message of this routing key needs no replay, or undefined if it needs one. */
export function reasonNotToReplay(routingKey: string): string | undefined {
	return REPAIRED.find(([type]) => routingKey === type || routingKey.startsWith(`${type}.`))?.[1];
}

/** Returns the permanent effect of dropping a message that needs a replay. */
export function effectOfDrop(routingKey: string): string {
	if (routingKey === accountDeleted.type) return 'a service keeps data of a deleted account';
	if (routingKey === planChanged.type)
		return 'a service has the wrong plan for the user until the next change';
	return 'its effect is lost';
}
