import type { CommandRunner, RunnerSettings } from './command-runner';

/** The runner for a target. What it needs is loaded only then. */
export async function findRunner(options: RunnerSettings): Promise<CommandRunner> {
  const { target } = options;
  switch (target.kind) {
    case 'function': {
      const { functionRunner } = await import('./function/function-runner.js');
      return functionRunner(target, options.terminal);
    }
    case 'url': {
      const { urlRunner } = await import('./database/url-runner.js');
      return urlRunner(target, options);
    }
    default:
      return target satisfies never;
  }
}
