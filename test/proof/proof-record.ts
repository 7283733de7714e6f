import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';

/** Folder of the records, beside the sources: they are committed, and `docs/proof.md` is made of them. */
export const PROOF_FOLDER = path.join(__dirname, '../../proof');

/** One run of a program that shows something. */
export interface ProofRun {
  /** What was run, as it is typed; a later run of the same command takes its place. */
  readonly command: string;
  /** Day of the run, `2026-11-28`. */
  readonly date: string;
  /** The commit that was tried, short. */
  readonly commit: string;
  /** Processors and the version of Node.js. */
  readonly machine: string;
  /** Duration in seconds. */
  readonly seconds: number;
  /** What it came to, in the program's own figures. */
  readonly result: Readonly<Record<string, string | number>>;
}

/** Notes what a run came to, in `proof/<program>.json`. `startedAt` is in milliseconds since the epoch. */
export function recordProof(
  program: string,
  command: string,
  startedAt: number,
  result: Readonly<Record<string, string | number>>,
): void {
  const run: ProofRun = {
    command,
    ...runOn(),
    seconds: Math.round((Date.now() - startedAt) / 1000),
    result,
  };
  const others = readProof(program).filter((each) => each.command !== command);
  const runs = [...others, run].sort((a, b) => a.command.localeCompare(b.command));
  mkdirSync(PROOF_FOLDER, { recursive: true });
  writeFileSync(path.join(PROOF_FOLDER, `${program}.json`), `${JSON.stringify(runs, null, 2)}\n`);
}

/** The day, the commit and the machine of a run that is under way. */
export function runOn(): Pick<ProofRun, 'date' | 'commit' | 'machine'> {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: __dirname, encoding: 'utf8' }).trim(),
    machine: `${cpus().length} processors, Node.js ${process.versions.node}`,
  };
}

/** The runs of a program that were noted; none where it was never run with `--record`. */
export function readProof(program: string): readonly ProofRun[] {
  try {
    return JSON.parse(readFileSync(path.join(PROOF_FOLDER, `${program}.json`), 'utf8')) as ProofRun[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
