import { Command } from 'commander';
import { addProve } from '../../../cli/commands/prove';

/** The command by itself. */
const program = new Command('aurora-migrations').exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 64));
addProve(program);
void program.parseAsync();
