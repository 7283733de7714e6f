import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const ROOT = path.dirname(path.dirname(__dirname));

/** A process that synthesizes one app after the other. */
export class Synthesizer {
  readonly #child: ChildProcess = fork(path.join(__dirname, 'synthesize-apps.cjs'), {
    execArgv: ['--require', path.join(ROOT, 'scripts/typescript.cjs')],
    // The CDK's own rules for templates take longer than all else, and are left to `cdk synth`.
    env: { PATH: process.env.PATH, CDK_VALIDATION: 'false' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

  /** Runs the app in a folder; gives the folder of what it wrote. */
  async synthesize(folder: string): Promise<string> {
    this.#child.send(folder);
    const ended = new AbortController();
    const { signal } = ended;
    const [reply] = (await Promise.race([
      once(this.#child, 'message', { signal }),
      once(this.#child, 'exit', { signal }).then(() => [ENDED]),
    ]).finally(() => ended.abort())) as [Reply];
    if (reply.kind === 'failed') throw new Error(`the app in ${folder} cannot be synthesized: ${reply.problem}`);
    return path.join(folder, 'cdk.out');
  }

  stop(): void {
    this.#child.disconnect();
  }
}

type Reply = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly problem: string };

const ENDED: Reply = { kind: 'failed', problem: 'the process that synthesizes has ended' };
