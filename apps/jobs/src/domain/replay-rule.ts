import {
	accountDeleted,
	jobCanceled,
	jobFinished,
	jobProgressed,
	jobRequested,
	planChanged,
} from '@creatorr/contracts/events';

/** Events that something else has made up for once they are dead, and how. */
const MADE_UP_FOR: readonly (readonly [type: string, how: string])[] = [
	[jobRequested.type, 'the job has failed `internal`, or was asked for again'],
	[jobFinished.type, 'the attempt counts as lost, and the job has run again'],
	[jobProgressed.type, 'progress is worth something only while it is new'],
	[jobCanceled.type, 'the worker has heard of it with its next beat'],
];

/** Why a dead letter of this routing key needs no replay; undefined for one that has to be done after all. */
export function whyNoReplay(routingKey: string): string | undefined {
	return MADE_UP_FOR.find(([type]) => routingKey === type || routingKey.startsWith(`${type}.`))?.[1];
}

/** What is so for good when a dead letter that needs a replay gets none. */
export function whatDropLeaves(routingKey: string): string {
	if (routingKey === accountDeleted.type)
		return 'a service keeps what it has of a user whose account is gone';
	if (routingKey === planChanged.type)
		return 'a service takes the user for one on another plan, until the next change';
	return 'nothing makes up for it';
}
