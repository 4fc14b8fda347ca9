import { filesAndAccounts } from './files-and-accounts.ts';
import { jobsAndWorkers } from './jobs-and-workers.ts';
import { overview } from './overview.ts';
import type { Dashboard } from './panel.ts';
import { webhooks } from './webhooks.ts';

export const DASHBOARDS: readonly Dashboard[] = [overview, jobsAndWorkers, filesAndAccounts, webhooks];
