import type { ReleaseProperties, ResourceProperties } from '../../lambda/contract';
import { checksumOf, sha256 } from '../../lambda/manifest/checksum';
import { manifestOf, versionOf } from '../../lambda/manifest/manifest';
import { parseSections, saysContract } from '../../lib/script/sections';
import { splitStatements, type Statement } from '../../lib/script/statements';
import { stepLinesOf } from '../../lambda/manifest/step-lines';
import type { Manifest, ManifestEntry, MigrationName, Script, SqlScript } from '../../lambda/manifest/types';

/** A release made of texts: `{ '0001_a': '-- migrate:up …' }` or a JavaScript migration's functions. */
export interface Release {
  readonly manifest: Manifest;
  readonly scripts: ReadonlyMap<string, string>;
  readonly properties: ResourceProperties;
}

export function release(migrations: Readonly<Record<string, string>>, more: Partial<ResourceProperties> = {}): Release {
  const scripts = new Map<string, string>();
  const entries = Object.entries(migrations).map(([name, source]): ManifestEntry => {
    const { script, stepLines } = scriptOf(source);
    const json = JSON.stringify(script);
    scripts.set(name, json);
    const isModule = 'module' in script;
    return {
      name: name as MigrationName,
      file: `${name}.${isModule ? 'js' : 'sql'}`,
      checksum: checksumOf(source),
      sha256: sha256(json),
      steps: isModule ? 1 : script.up.length,
      irreversible: script.irreversible === true,
      ...(stepLines !== undefined && { stepLines }),
      ...(saysContract(source) && { phase: 'contract' }),
    };
  });
  const manifest = manifestOf(entries);
  const properties: ResourceProperties = {
    Digest: manifest.digest,
    Version: versionOf(manifest),
    Count: String(entries.length),
    Database: 'cluster-TEST/app',
    OnDelete: 'RETAIN',
    OnRemoved: 'FAIL',
    OutOfOrder: 'ALLOW',
    ...more,
  };
  return { manifest, scripts, properties };
}

function scriptOf(source: string): { readonly script: Script; readonly stepLines?: string } {
  if (!source.includes('-- migrate:up')) return { script: { v: 1, module: source } };
  const sections = parseSections(source);
  if (sections.kind !== 'sections') throw new Error(`unreadable migration: ${JSON.stringify(sections)}`);
  const up = split(sections.up, sections.upLine);
  const down = split(sections.down ?? '', sections.downLine ?? 1);
  const stepLines = stepLinesOf(linesOf(up), linesOf(down), false);
  const script: SqlScript = { v: 1, up: up.map(({ text }) => text), down: down.map(({ text }) => text) };
  return { script: sections.irreversible ? { ...script, irreversible: true } : script, stepLines };
}

/** @param first line of the file on which the text begins */
function split(text: string, first: number): readonly Statement[] {
  const result = splitStatements(text);
  if (result.kind !== 'statements') throw new Error(`unreadable statements: ${JSON.stringify(result)}`);
  return result.statements.map((statement) => ({ ...statement, line: first + statement.line - 1 }));
}

function linesOf(statements: readonly Statement[]): readonly number[] {
  return statements.map(({ line }) => line);
}

/** What an event says of the resource of a release. */
export function eventOf({ properties: { Digest, Database } }: Release): {
  readonly LogicalResourceId: string;
  readonly ResourceProperties: ReleaseProperties;
} {
  return {
    LogicalResourceId: `Release${Digest.slice(3, 15)}`,
    ResourceProperties: { Digest, Database, ReleaseOf: 'Migrations' },
  };
}

/** Three releases' worth of migrations, as the tests use them. */
export const USER = `-- migrate:up
CREATE TABLE user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE);
-- migrate:down
DROP TABLE user;`;

export const NAME = `-- migrate:up
ALTER TABLE user ADD COLUMN name VARCHAR(100) NULL;
INSERT INTO user (email, name) VALUES ('a@example.com', 'Åsa');
-- migrate:down
DELETE FROM user WHERE email = 'a@example.com';
ALTER TABLE user DROP COLUMN name;`;

export const ORDERS = `-- migrate:up
CREATE TABLE orders (id BIGINT PRIMARY KEY, user BIGINT, FOREIGN KEY (user) REFERENCES user (id));
-- migrate:down
DROP TABLE orders;`;

export const FIRST = release({ '0001_user': USER });
export const SECOND = release({ '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS });

/** What a Create of these tests is answered with. */
export const PHYSICAL_ID = 'aurora-migrations:app/Migrations:cluster-TEST/app';
