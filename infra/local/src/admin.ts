import { runAdmin } from './operator/admin-command.ts';
import { runOperatorCommand } from './operator/run-operator-command.ts';

/** What operators do for users: each part is the command of the app that owns it, with that app's environment. */
await runOperatorCommand(runAdmin);
