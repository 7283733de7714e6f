import { EXIT_CODE } from '../exit-code';

/** Whether a program is to read the result, as far as the command line says so. */
export function isJsonWanted(args: readonly string[]): boolean {
  return args.some(
    (arg, at) => arg === '--json' || arg === '--format=json' || (arg === '--format' && args[at + 1] === 'json'),
  );
}

/** Why there is no result, for programs: they have no use for what stderr says to people. */
export function errorJson(code: string, message: string, exitCode: number): string {
  const kind = exitCode === EXIT_CODE.found ? 'refused' : 'error';
  return JSON.stringify({ kind, failure: { code, message } });
}
