import type { HistoryRow } from '../plan/history';
import type { ModuleScript, Script, SqlScript } from '../manifest/types';
import type { MigrationModule, OwnScripts } from '../ports';
import { readScript, type ReadScript, type SqlSteps } from '../sql/script';
import { stepOf, type Step } from '../sql/step';
import type { Run } from './run';

/** A migration's own script, read. */
export interface OwnScript {
  /** Its stored form. */
  readonly text: string;
  readonly script: ReadScript;
  /** The steps of its up; none of a module. */
  readonly up: readonly Step[];
}

/** Reads a migration's script in the function's own code. */
export function readOwn(own: OwnScripts, name: string): OwnScript {
  const text = own.text(name);
  const script = readScript(text);
  return { text, script, up: 'module' in script ? [] : ownUp(own, name, script) };
}

/** The statements of a script in the function's own code, wherever those of its up are kept; null for a module. */
export function ownStatements(own: OwnScripts, name: string): Pick<SqlScript, 'up' | 'down'> | null {
  const script = JSON.parse(own.text(name)) as Script;
  if ('module' in script) return null;
  return script.upSha256 === undefined ? script : { ...script, up: own.largeUp(name) };
}

/** The steps of an up in the function's own code, wherever they are kept. */
function ownUp(own: OwnScripts, name: string, script: SqlSteps): readonly Step[] {
  return script.upSha256 === undefined ? script.up : own.largeUp(name).map(stepOf);
}

/** The steps of an up, or what stands for them; null where neither is at hand. */
export function upOf(
  { code, own }: Pick<Run, 'code' | 'own'>,
  { name }: HistoryRow,
  script: SqlSteps,
): readonly Step[] | null {
  if (script.upSha256 === undefined) return script.up;
  const { upOutline = null } = script;
  if (!code.migrations.some((entry) => entry.name === name)) return upOutline;
  // Edited, it may be another one, and need not be large.
  const current = readScript(own.text(name));
  return 'up' in current && current.upSha256 === script.upSha256 ? ownUp(own, name, current) : upOutline;
}

/** The up of a JavaScript migration. What it does when it is loaded may fail as well: that comes with its first call. */
export function upOfModule(own: OwnScripts, name: string, { module }: ModuleScript): MigrationModule['up'] {
  return (context) => own.module(name, module).up(context);
}
