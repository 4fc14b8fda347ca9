import { inPackage, type Mutant } from '../mutant.ts';
import { dropCall, dropOperand, forceCondition, replaceCall, replaceText } from '../operators.ts';

const jobs = inPackage('jobs');
const worker = inPackage('tool-worker');

/** Fair use of the workers. */
export const JOBS: readonly Mutant[] = [
	{
		name: 'serves one job list of a user at a time',
		mutations: [jobs('listJobsRoute', replaceText('mutex.runExclusive(user.id, list)', 'list()'))],
		test: 'serves one list of a user at a time',
	},
	{
		name: 'reads a changed job once for all its watchers',
		mutations: [jobs('jobStates', replaceText('watcher.readShared(read)', 'read()'))],
		test: 'are read once for all watchers of a job after a notification',
	},
	{
		name: 'does not share a read that began before a change',
		mutations: [jobs('createJobNotifications.wake', replaceText('sharedReads.delete(jobId);', ''))],
		test: 'are not taken from a read that began before the notification',
	},
	{
		name: 'refuses jobs of an account that has used up its compute quota',
		mutations: [jobs('admitJob', dropCall('refuseExhaustedCompute'))],
		test: 'refuses new jobs of a user who has used it up, and of no other user',
	},
	{
		name: 'keeps jobs of an account that has used up its compute quota queued',
		mutations: [jobs('candidatesCte', replaceText("(plan_limits ->> 'compute_ms')::bigint", '0'))],
		test: 'keeps queued jobs waiting until the next day',
	},
	{
		name: 'counts running jobs toward the compute quota',
		mutations: [jobs('renewLeases', replaceText('reported.compute_ms, jobs.', 'jobs.'))],
		test: 'refuses new jobs, and keeps queued ones waiting, once running jobs have used it up',
	},
	{
		name: 'charges jobs that are canceled while they run',
		mutations: [jobs('cancelLockedJob', replaceCall('chargedMsOfCanceled', '0'))],
		test: 'counts the run time of a canceled job, and nothing for a job that was canceled before its start',
	},
	{
		name: 'runs one job at a time of an account whose email is not verified',
		mutations: [jobs('maxActiveJobs', forceCondition(true, 'emailVerified'))],
		test: 'has one active job, and as many as the plan allows after the verification',
	},
	{
		name: 'dispatches short jobs before the long ones of many users',
		mutations: [jobs('candidatesCte', replaceText('+ make_interval(secs => seconds) AS', 'AS'))],
		test: 'is dispatched before the long jobs of eight users that were queued earlier',
	},
	{
		name: 'limits dispatched long jobs to the background slots',
		mutations: [
			jobs('candidatesCte', replaceText('AND (NOT background OR background_slots > 0)', '')),
			jobs('chooseJobs', forceCondition(false, 'background', 'freeSlots')),
		],
		test: 'waits until a background slot is free, and does not block other jobs',
	},
	{
		name: 'dispatches a returned job a heartbeat later at the earliest',
		mutations: [jobs('candidatesCte', replaceText('deferred_at IS NULL OR', 'true OR'))],
		test: 'waits for a heartbeat even if a slot seems free, because the slot may be out of date',
	},
	{
		name: 'counts the expected time of active jobs toward the compute quota',
		mutations: [
			jobs('candidatesCte', replaceText('seconds_before < compute_seconds_left', 'compute_seconds_left > 0')),
		],
		test: 'counts a waiting job before another one is dispatched, so that jobs started together use it only once',
	},
	{
		name: 'ends running jobs of an account that has used twice its compute quota',
		mutations: [jobs('failJobsOverQuota', replaceCall('failRunning', 'false'))],
		test: 'lets running jobs finish until twice the quota is used, then fails them',
	},
	{
		name: 'charges 2 seconds for a job that is canceled right after its start',
		mutations: [jobs('chargedMsOfCanceled', replaceText('MIN_CANCELED_MS,', '0,'))],
		test: 'counts at least 2 seconds of a job that is canceled right after its start',
	},
	{
		name: 'charges preempted attempts of a canceled job',
		mutations: [jobs('chargedMsOfCanceled', replaceText('+ job.preemptedMs', ''))],
		test: 'counts toward the compute quota when it is canceled',
	},
	{
		name: 'gives a background slot of a user with several to a user without one',
		mutations: [jobs('findPair', replaceText('running.jobs_of_user > 1 OR', ''))],
		test: 'takes one from the user who has several, and that user’s newest job waits',
	},
	{
		name: 'lets short background jobs preempt before the long ones of many users',
		mutations: [jobs('findPair', replaceText('waiting.priority,', 'waiting.urgency AS priority,'))],
		test: 'goes before the longer jobs of many users who have waited for longer than the starvation timeout',
	},
	{
		name: 'protects preempted jobs for longer, so that each of them ends',
		mutations: [jobs('findPair', replaceText('running.ran_ms >= running.protected_ms', 'true'))],
		test: 'is protected for twice the time that it has lost',
	},
	{
		name: 'keeps preempted jobs from passing as short ones',
		mutations: [jobs('EXPECTED_SECONDS', replaceText('/ 1000)::int', '* 0)::int'))],
		test: 'counts as one that takes as long, even if a worker that returns it expects less',
	},
	{
		name: 'preempts only jobs of the worker that gets the slot',
		mutations: [jobs('findPair', replaceText('AND worker_id =', 'OR worker_id ='))],
		test: 'preempts none of a worker with none that gives way, and keeps its place until another worker claims it',
	},
	{
		name: 'preempts no job that stores its output',
		mutations: [jobs('findPair', replaceText('claim?.storing ?? []', '[]'))],
		test: 'preempts no job that is finishing, or that stores its output',
	},
	{
		name: 'keeps a freed background slot for the job that preempts its owner',
		mutations: [worker('createBackgroundJobs.mayWait', dropOperand('isPreempting'))],
		test: 'that preempts another one waits until that one has stopped, and gets its slot before others',
	},
	{
		name: 'ignores the outcome of an attempt that another one has replaced',
		mutations: [jobs('attemptState', dropOperand('attempt'))],
		test: 'does not change on %s of another attempt',
	},
	{
		name: 'shows changes of watched jobs whose notification was lost',
		mutations: [jobs('pollWatchedJobs', dropCall('notifyMissed'))],
		test: 'responds after one query of the poll when notifications were lost',
	},
	{
		name: 'deprioritizes a job of many pages at once',
		mutations: [worker('runAndReport', dropCall('deprioritize'))],
		test: 'a job of many pages moves to the background when its tool has counted them',
	},
	{
		name: 'keeps long jobs from taking the last message slot of their tool',
		mutations: [worker('createBackgroundJobs', dropOperand('slotsPerTool'))],
		test: 'is returned when it would keep the last message slot of its tool',
	},
	{
		name: 'keeps the output of a job that waits for the broker',
		mutations: [worker('createBackgroundJobs.decide', forceCondition(false, 'ended'))],
		test: 'a job whose tool has ended takes no background slot',
	},
];
