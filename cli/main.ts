#!/usr/bin/env node
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command, CommanderError } from 'commander';
import { packageRoot } from '../lib/package-root';
import { addAdopt } from './commands/adopt';
import { addBaseline } from './commands/baseline';
import { addCreate } from './commands/create';
import { addDown } from './commands/down';
import { addDump } from './commands/dump';
import { addLint } from './commands/lint';
import { addPlan } from './commands/plan';
import { addProve } from './commands/prove';
import { addRehearse } from './commands/rehearse';
import { addRepair } from './commands/repair';
import { addStatus } from './commands/status';
import { addUp } from './commands/up';
import { addVerify } from './commands/verify';
import { addWatch } from './commands/watch';
import { EXIT_CODE } from './exit-code';
import { ExpectedFailure } from './expected-failure';
import { withNameHere } from './other-words';
import { errorJson, isJsonWanted } from './terminal/error-json';
import { bearLostReaders } from './terminal/lost-reader';

/**
 * The commands, in the order in which the help lists them. A new one is a line here and a file in `commands/`, which says
 * what the command is called and takes, and loads what it does with `import()` once it is run: the help is shown without
 * any of that. It sets `process.exitCode` to one of EXIT_CODE, and throws an ExpectedFailure for what people can mend.
 */
const COMMANDS: readonly ((program: Command) => void)[] = [
  addCreate,
  addLint,
  addProve,
  addRehearse,
  addStatus,
  addPlan,
  addVerify,
  addUp,
  addDown,
  addRepair,
  addWatch,
  addAdopt,
  addBaseline,
  addDump,
];

const NAME = 'aurora-migrations';

void run(process.argv);

async function run(argv: readonly string[]): Promise<void> {
  bearLostReaders(sayRefused);
  try {
    await parse(program(), argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error, isJsonWanted(argv));
  }
}

/** Help for a command that there is not says so, as the command itself does; help for "help" is that of the program. */
async function parse(command: Command, argv: readonly string[]): Promise<void> {
  const [first, second] = argv.slice(2);
  const isKnown =
    second === undefined || second.startsWith('-') || command.commands.some((each) => each.name() === second);
  await command.parseAsync(first === 'help' && !isKnown ? argv.toSpliced(2, 1) : argv);
}

function program(): Command {
  const command = new Command(NAME)
    .description('Works on the schema migrations of a folder, for MySQL, MariaDB and Aurora MySQL.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what there is')
    // Also in a narrow terminal.
    .configureHelp({ minWidthToWrap: 20 })
    .helpCommand('help [command]', 'print what a command does')
    .configureOutput({ outputError: (text, write) => write(withNameHere(text)) })
    .showHelpAfterError(`See "npx ${NAME} --help", or "npx ${NAME} help <command>".`)
    .exitOverride()
    .addHelpText(
      'after',
      `
Exit codes: 0 fine, 1 failed, 2 found something or refused,
64 no such command or option, 130 stopped.

Settings of a project, in its cdk.json (or by flags):
  "context": {
    "aurora-migrations": { "directory": "db/migrations" }
  }

Examples:
  $ npx aurora-migrations lint db/migrations
  $ npx aurora-migrations prove db/migrations
  $ npx aurora-migrations status --stack Shop
  $ npx aurora-migrations create add_user_role`,
    );
  for (const add of COMMANDS) add(command);
  return command;
}

function version(): string {
  const file = path.join(packageRoot(), 'package.json');
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

/** Says what went wrong, on stderr; and to programs, on stdout. */
function exitCodeOf(error: unknown, isJson: boolean): number {
  const tell = (code: string, message: string, exitCode: number = EXIT_CODE.failed): number => {
    if (isJson) process.stdout.write(`${errorJson(code, message, exitCode)}\n`);
    return exitCode;
  };
  if (error instanceof CommanderError) {
    // What was wrong is printed already; help and version come here too.
    return error.exitCode === 0 ? EXIT_CODE.fine : EXIT_CODE.usage;
  }
  if (error instanceof ExpectedFailure) {
    process.stderr.write(`${NAME}: ${error.message} [${error.code}]\n`);
    return tell(error.code, error.message, error.exitCode);
  }
  if (isRefusal(error)) {
    sayRefused(error);
    return tell(error.code, error.message);
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${NAME}: this is a fault of the program, not of yours; please report it with these lines:\n${trace}\n`,
  );
  return tell('internal', error instanceof Error ? error.message : String(error));
}

function sayRefused({ message, code }: Error & { readonly code: string }): void {
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const advice = isFull ? 'make room there (for temporary files TMPDIR names another folder)' : 'see to that';
  process.stderr.write(`${NAME}: the system refuses it (${message}): ${advice}, and run it again [${code}]\n`);
}

/** What the operating system does not let us do: no permission, a full disk. */
function isRefusal(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
