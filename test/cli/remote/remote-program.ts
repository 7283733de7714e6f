import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { PROGRAM, type Run } from '../run-program';

/** Those that a test which failed has left behind. */
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

export interface Started {
  readonly ended: Promise<Run>;
  /** What was written to stdout and stderr so far. */
  written(): string;
  /** Without a signal: that of Ctrl-C. */
  interrupt(signal?: NodeJS.Signals): void;
}

/** How the program is run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Columns of the terminal that it believes it has; absent: none. */
  readonly terminal?: number;
  /** What is typed. */
  readonly typed?: string;
}

const AS_TERMINAL = path.join(__dirname, '../as-terminal.cjs');

/** Starts the program as it is published, beside the endpoints of this process. */
export function startProgram(args: readonly string[], options: RunOptions = {}): Started {
  const { cwd, environment = {}, terminal, typed } = options;
  const child = spawn(
    process.execPath,
    [...(terminal === undefined ? [] : ['--require', AS_TERMINAL]), PROGRAM, ...args],
    {
      cwd,
      env: {
        ...process.env,
        DATABASE_URL: '',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_REGION: 'eu-central-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        NO_COLOR: '1',
        ...(terminal !== undefined && { COLUMNS: String(terminal) }),
        ...environment,
      },
    },
  );
  children.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(typed ?? '');
  const ended = new Promise<Run>((resolve) => {
    child.on('close', (code) => {
      children.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  return { ended, written: () => stdout + stderr, interrupt: (signal = 'SIGINT') => child.kill(signal) };
}
