import { runDlq } from './operator/dlq-command.ts';
import { runOperatorCommand } from './operator/run-operator-command.ts';

/** Dead letters, by the command of jobs with its environment. */
await runOperatorCommand(runDlq);
