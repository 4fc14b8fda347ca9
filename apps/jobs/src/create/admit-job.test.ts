import { PLANS, type Plans } from '@creatorr/contracts/plans';
import { describe, expect, test } from '@jest/globals';
import { admitJob } from './admit-job.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

const plans: Plans = {
	free: {
		...PLANS.free,
		priority: 2,
		maxQueuedJobs: 5,
		computeSecondsPerDay: 60,
		anyTool: { maxInputBytes: 10 * MIB, maxPages: 1 },
		tools: { ocr: { maxInputBytes: MIB, maxPages: 1 } },
	},
	pro: {
		...PLANS.pro,
		priority: 7,
		maxQueuedJobs: 9,
		computeSecondsPerDay: 1_200,
		anyTool: { maxInputBytes: 10 * GIB, maxPages: 1 },
		tools: {},
	},
};

const tool = (slug: string, maxInputBytes = 20 * GIB) => ({
	slug,
	limits: { maxInputBytes } as never,
});

const NO_USAGE = { queuedJobs: 0, computeSeconds: 0 };

const admit = (slug: string, inputBytes: number, plan: 'free' | 'pro' = 'free', queuedJobs = 0) =>
	admitJob(plans, { tool: tool(slug), inputBytes }, { ...NO_USAGE, plan, queuedJobs });

describe('a job', () => {
	test('has the priority of its user’s plan', () => {
		expect(admit('ocr', MIB).priority).toBe(2);
		expect(admit('ocr', MIB, 'pro').priority).toBe(7);
	});

	test('is refused when its input is larger than the plan allows for the tool', () => {
		expect(() => admit('ocr', MIB + 1)).toThrow(
			'This file is 1.049 MB. The Free plan allows 1 MB for this tool, Pro 10.7 GB. Split the file or upgrade to Pro.',
		);
		expect(() => admit('compress', MIB + 1)).not.toThrow();
		expect(() => admit('compress', 11 * MIB)).toThrow('The Free plan allows 10.5 MB');
		expect(() => admit('ocr', 10 * GIB, 'pro')).not.toThrow();
	});

	test('is refused with the limit of the tool if that is below the limit of Pro', () => {
		const wanted = { tool: tool('ocr', 512 * MIB), inputBytes: GIB };
		expect(() => admitJob(plans, wanted, { ...NO_USAGE, plan: 'free' })).toThrow('Pro 537 MB');
	});

	test.each(['free', 'pro'] as const)(
		'is refused on %s when its input is larger than the tool accepts on any plan',
		(plan) => {
			const creating = (inputBytes: number) => () =>
				admitJob(plans, { tool: tool('compress', 5 * MIB), inputBytes }, { ...NO_USAGE, plan });
			expect(creating(5 * MIB)).not.toThrow();
			expect(creating(5 * MIB + 1)).toThrow(
				`This file is 5.243 MB. The ${plan === 'pro' ? 'Pro' : 'Free'} plan allows 5.2 MB for this tool. Split the file.`,
			);
		},
	);

	test('is refused when the plan’s queue is full', () => {
		expect(() => admit('ocr', 1, 'free', 4)).not.toThrow();
		expect(() => admit('ocr', 1, 'free', 5)).toThrow(
			'You have 5 queued jobs. The Free plan allows 5, Pro 9. Wait for some to start, cancel some, or upgrade to Pro.',
		);
		expect(() => admit('ocr', 1, 'pro', 5)).not.toThrow();
	});

	test('is refused when the compute quota is used up, with the time of its reset', () => {
		const after = (computeSeconds: number, plan: 'free' | 'pro' = 'free', of: Plans = plans) =>
			admitJob(of, { tool: tool('ocr'), inputBytes: 1 }, { ...NO_USAGE, plan, computeSeconds });
		expect(() => after(59)).not.toThrow();
		expect(() => after(60)).toThrow(
			'You used 1 minute of processing time today. The Free plan allows 1 minute a day, Pro 20 minutes a day. Wait until 00:00 UTC or upgrade to Pro.',
		);
		const defaults = (computeSeconds: number) => () => after(computeSeconds, 'free', PLANS);
		expect(defaults(1_800)).toThrow(
			'used 30 minutes of processing time today. The Free plan allows 30 minutes a day, Pro 10 hours a day',
		);
		expect(defaults(5_430)).toThrow('used 90 minutes');
		expect(() => after(60, 'pro')).not.toThrow();
		expect(() => after(1_200, 'pro')).toThrow(
			'You used 20 minutes of processing time today. The Pro plan allows 20 minutes a day. Wait until 00:00 UTC.',
		);
		const unlimitedPro = { ...plans, pro: { ...plans.pro, computeSecondsPerDay: 0 } };
		expect(() => after(60, 'free', unlimitedPro)).toThrow('Pro unlimited time');
		expect(() => after(1_000_000, 'pro', unlimitedPro)).not.toThrow();
	});
});
