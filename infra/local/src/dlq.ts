import { runAppCommand } from './operator/run-app-command.ts';
import { runCommand } from './stack/command.ts';

/** Dead letters, by the command of jobs with its environment. */
await runCommand((stop) => runAppCommand({ app: 'jobs', program: 'dlq', args: process.argv.slice(2) }, stop));
