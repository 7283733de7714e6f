import type { MigrationFiles } from '../../lib/source/migration-files';
import { stillToBeWritten } from '../../lib/source/unfilled-module';

/** How a new migration is written. */
export type NewForm = 'sections' | 'pair' | 'ts' | 'js' | 'cjs';

/** The form in which a folder's migration is written. */
export function formOf(files: MigrationFiles): NewForm {
  switch (files.form) {
    case 'sections':
    case 'pair':
      return files.form;
    case 'module':
      return files.file.endsWith('.ts') ? 'ts' : files.file.endsWith('.cjs') ? 'cjs' : 'js';
  }
}

/**
 * The files of a new migration, by name. What is still to be written is left empty, for the review refuses an up without a
 * statement; a module says that it is still to be written, which the review refuses too.
 */
export function template(name: string, form: NewForm): ReadonlyMap<string, string> {
  switch (form) {
    case 'sections':
      return new Map([[`${name}.sql`, '-- migrate:up\n\n\n-- migrate:down\n\n']]);
    case 'pair':
      return new Map([
        [`${name}.up.sql`, ''],
        [`${name}.down.sql`, ''],
      ]);
    case 'ts':
      return new Map([[`${name}.ts`, typescript(name)]]);
    case 'js':
      return new Map([[`${name}.js`, `${exported(name, 'up')}\n${exported(name, 'down')}`]]);
    case 'cjs':
      return new Map([[`${name}.cjs`, `${assigned(name, 'up')}\n${assigned(name, 'down')}`]]);
  }
}

function typescript(name: string): string {
  return `interface Context {
  query(sql: string, params?: readonly unknown[]): Promise<readonly unknown[]>;
}

${exported(name, 'up', ': Context', ': Promise<void>')}
${exported(name, 'down', ': Context', ': Promise<void>')}`;
}

function exported(name: string, direction: string, type = '', result = ''): string {
  return `export async function ${direction}({ query }${type})${result} {\n${body(name, direction)}}\n`;
}

function assigned(name: string, direction: string): string {
  return `exports.${direction} = async ({ query }) => {\n${body(name, direction)}};\n`;
}

function body(name: string, direction: string): string {
  return `  await query(\`DO 0\`);\n  throw new Error('${stillToBeWritten(direction, name)}');\n`;
}
