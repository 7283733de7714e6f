import { stepOf, type Step } from './step';
import type { ModuleScript, Script } from '../manifest/types';

/** A script that was read: its statements are steps. */
export type ReadScript = SqlSteps | ModuleScript;

/** The statements of a script, as `SqlScript` has them. */
export interface SqlSteps {
  readonly up: readonly Step[];
  readonly upSha256?: string | undefined;
  readonly upOutline?: readonly Step[] | undefined;
  readonly down: readonly Step[];
  readonly irreversible?: true | undefined;
}

/** Reads a script's stored form. */
export function readScript(json: string): ReadScript {
  const script = JSON.parse(json) as Script;
  if ('module' in script) return script;
  const { up, upSha256, upOutline, down, irreversible } = script;
  return {
    up: up.map(stepOf),
    upSha256,
    upOutline: upOutline?.map(stepOf),
    down: down.map(stepOf),
    irreversible,
  };
}
