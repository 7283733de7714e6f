import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How a process is started. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** What a process took. */
export interface Measured {
  /** From its start to its end, in milliseconds. */
  readonly ms: number;
  /** Peak of the resident set, in kilobytes; 0 where the system does not tell. */
  readonly peakKb: number;
}

/** Milliseconds between two looks at the memory; the kernel keeps the peak, so that only the last look counts. */
const LOOK_MS = 10;

/** Runs a process to its end. Rejects with what it wrote to standard error where it fails. */
export function measure({ program, args, env, input = '' }: Command): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'ignore', 'pipe'] });
  let peakKb = 0;
  const looking = setInterval(() => {
    peakKb = Math.max(peakKb, peakOf(child.pid));
  }, LOOK_MS);
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString('utf8')));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(looking);
      if (code === 0) resolve({ ms: performance.now() - startedAt, peakKb });
      else reject(new Error(`${program} ${args.join(' ').slice(0, 300)} ended with ${code}\n${said}`));
    });
  });
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
