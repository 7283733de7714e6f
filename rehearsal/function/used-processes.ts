import { NOBODY, type RuntimeProcess, type RuntimeProcessSettings } from './runtime-process';

/**
 * Processes whose environments ended without leaving anything undone, for other environments to begin in: a process that
 * starts costs twenty times what it takes to load the code anew.
 */
export class UsedProcesses {
  readonly #idle = new Map<string, RuntimeProcess[]>();
  readonly #leaving = new Set<Promise<void>>();
  #isOver = false;

  /** One that was started with the same settings; undefined where there is none. */
  take(settings: RuntimeProcessSettings): RuntimeProcess | undefined {
    return this.#idle.get(keyOf(settings))?.pop();
  }

  /** Has the process of an idle environment forget it. One that cannot ends. */
  giveBack(process: RuntimeProcess, settings: RuntimeProcessSettings): Promise<void> {
    const leaving = this.#giveBack(process, settings).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    return leaving;
  }

  /** Ends all of them, and those that are given back later. */
  async stop(): Promise<void> {
    this.#isOver = true;
    const idle = [...this.#idle.values()].flat();
    this.#idle.clear();
    await Promise.all([...idle.map((each) => each.kill()), ...this.#leaving]);
  }

  async #giveBack(process: RuntimeProcess, settings: RuntimeProcessSettings): Promise<void> {
    const isClean = await unload(process);
    if (!isClean || this.#isOver) await process.kill();
    else this.#keep(process, keyOf(settings));
  }

  #keep(process: RuntimeProcess, key: string): void {
    const list = this.#idle.get(key);
    if (list === undefined) this.#idle.set(key, [process]);
    else list.push(process);
  }
}

/** Whether nothing of the environment is left in the process. */
async function unload(process: RuntimeProcess): Promise<boolean> {
  const isClean = new Promise<boolean>((resolve) => {
    process.listener = {
      ...NOBODY,
      onMessage: ({ kind }) => resolve(kind === 'unloaded'),
      onEnd: () => resolve(false),
    };
  });
  process.tell({ kind: 'unload' });
  return isClean.finally(() => {
    process.listener = NOBODY;
  });
}

/** Node reads these when it starts, and never again. */
const READ_AT_START = /^(NODE_|TZ$)/;

function keyOf({ nodePath, memoryMb, variables }: RuntimeProcessSettings): string {
  const fixed = Object.entries(variables).filter(([name]) => READ_AT_START.test(name));
  return JSON.stringify([nodePath, memoryMb, fixed.sort()]);
}
