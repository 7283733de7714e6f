import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ASSET, ENVIRONMENT, RESOURCE_TYPE } from '../../../lambda/contract';
import type { Manifest, ManifestEntry, Script } from '../../../lambda/manifest/types';
import { references } from '../../../rehearsal/template/graph';
import type { Json, JsonObject } from '../../../rehearsal/template/json';
import { assetPath, type ResourceDefinition, type Template } from '../../../rehearsal/template/template';
import { nothingPlayed } from '../nothing-played';
import type { DatabaseUse } from './databases-apart';

/** What one construct `AuroraMigrations` of a release holds; its logical id is that of its first custom resource. */
export interface ReleaseContent extends DatabaseUse {
  /** Logical id of its resource that contracts; null where it has none. */
  readonly contractId: string | null;
  readonly onDelete: string;
  readonly manifest: Manifest;
  script(migration: Pick<ManifestEntry, 'name'>): MigrationScript;
}

/** A migration as the function runs it. */
export type MigrationScript =
  | { readonly kind: 'sql'; readonly up: readonly string[]; readonly down: readonly string[] }
  | { readonly kind: 'module' };

/** Reads the migrations of a template, from the assets of its functions. */
export function contentsOf(template: Template): readonly ReleaseContent[] {
  const { Resources } = template.body;
  return Object.entries(Resources)
    .filter(([, { Type, Properties }]) => Type === RESOURCE_TYPE && Properties?.ContractOf === undefined)
    .map(([logicalId, { Properties }]) => {
      const [functionId = ''] = references(Properties?.ServiceToken ?? null);
      const definition = Resources[functionId];
      const code = definition?.Properties?.Code as { readonly S3Key?: string } | undefined;
      const folder = definition && assetPath(template, definition, code?.S3Key);
      const read = (file: string): unknown => readAsset(logicalId, folder, file);
      return {
        logicalId,
        contractId:
          Object.entries(Resources).find(([, each]) => each.Properties?.ContractOf === logicalId)?.[0] ?? null,
        functionId,
        identity: Properties?.Database ?? null,
        databaseName: nameIn(definition),
        onDelete: typeof Properties?.OnDelete === 'string' ? Properties.OnDelete : 'RETAIN',
        manifest: read(ASSET.manifest) as Manifest,
        script: ({ name }) => {
          const script = read(path.join(ASSET.scripts, `${name}.json`)) as Script;
          if ('module' in script) return { kind: 'module' };
          const isLarge = script.upSha256 !== undefined;
          const up = isLarge ? (read(path.join(ASSET.scripts, `${name}.up.json`)) as string[]) : script.up;
          return { kind: 'sql', up, down: script.down };
        },
      };
    });
}

function nameIn(definition: ResourceDefinition | undefined): Json {
  const environment = definition?.Properties?.Environment as JsonObject | undefined;
  return (environment?.Variables as JsonObject | undefined)?.[ENVIRONMENT.database] ?? null;
}

function readAsset(logicalId: string, folder: string | undefined, file: string): unknown {
  try {
    return JSON.parse(readFileSync(path.join(folder ?? '', file), 'utf8'));
  } catch {
    throw nothingPlayed(
      'asset-missing',
      `the code of the function that serves ${logicalId} is not here (${folder ?? 'it is no asset of the assembly'} has no ${file}): take the whole folder that "cdk synth" has made`,
    );
  }
}
