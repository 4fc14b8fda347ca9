import { describe, expect, test } from '@jest/globals';
import { effectOfDrop, reasonNotToReplay } from './replay-rule.ts';

describe('a dead-lettered message', () => {
	test.each([
		'account.deleted',
		'account.suspended',
		'account.unsuspended',
		'account.verified',
		'job.ended',
		'key.leaked',
		'plan.changed',
		'webhook.created',
		'webhook.disabled',
	])('of type %s needs a replay, and the effect of dropping it has a name', (type) => {
		expect(reasonNotToReplay(type)).toBeUndefined();
		expect(effectOfDrop(type)).not.toBe('its effect is lost');
	});

	test.each(['job.requested.ocr', 'job.finished', 'job.canceled', 'job.progressed'])(
		'of type %s needs no replay',
		(type) => expect(reasonNotToReplay(type)).toEqual(expect.any(String)),
	);
});
