import { stepOf, type Step } from './step';
import type { ModuleScript, Script, SqlScript } from '../manifest/types';

/** A script that was read: its statements are steps. */
export type ReadScript = SqlSteps | ModuleScript;

/** As `SqlScript`, which says what each is. */
export interface SqlSteps extends Pick<SqlScript, 'upSha256' | 'irreversible'> {
  readonly up: readonly Step[];
  readonly upOutline?: readonly Step[] | undefined;
  readonly down: readonly Step[];
}

/** Reads a script's stored form. */
export function readScript(json: string): ReadScript {
  const script = JSON.parse(json) as Script;
  if ('module' in script) return script;
  const { up, upOutline, down } = script;
  return { ...script, up: up.map(stepOf), upOutline: upOutline?.map(stepOf), down: down.map(stepOf) };
}
