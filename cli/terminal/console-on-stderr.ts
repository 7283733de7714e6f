import { Console } from 'node:console';

/**
 * What JavaScript migrations log is said beside the result, where they are loaded and where they run: stdout holds the result
 * alone, which may be JSON or a schema. In the function it goes into the log.
 */
export function consoleOnStderr(): void {
  globalThis.console = new Console(process.stderr, process.stderr);
}
