import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** The program as it is published. */
export const PROGRAM = path.join(__dirname, '../../dist/cli/main.mjs');

/** What a run of the program came to. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in a folder, in a process of its own and without a terminal. */
export function runProgram(cwd: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
  if (!fs.existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: make it with "npm run build:cli"`);
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}
