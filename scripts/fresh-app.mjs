import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const MIGRATIONS = {
  '0001_create_user.sql': '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;\n',
  // A change to a table is what the review reads with the bundled parser.
  '0002_add_name.sql':
    '-- migrate:up\nALTER TABLE user ADD COLUMN name VARCHAR(100) NULL;\n-- migrate:down\nALTER TABLE user DROP COLUMN name;\n',
};

/** Makes a folder with `migrations/` and `lib/`, where the app's code goes. */
export function freshApp(folder) {
  fs.mkdirSync(path.join(folder, 'migrations'), { recursive: true });
  fs.mkdirSync(path.join(folder, 'lib'));
  for (const [file, text] of Object.entries(MIGRATIONS)) {
    fs.writeFileSync(path.join(folder, 'migrations', file), text);
  }
}

/** Adds a migration that needs esbuild. */
export function addModule(folder) {
  fs.writeFileSync(
    path.join(folder, 'migrations/0003_fill_user.js'),
    "exports.up = ({ query }) => query('DO 1');\nexports.down = ({ query }) => query('DO 1');\n",
  );
}

/** Checks what the README's example makes of a stack named Shop with a function Api, and gives the function's asset. */
export function checkAssembly(assembly) {
  const { Resources, Outputs } = readJson(assembly, 'Shop.template.json');
  const ours = Object.entries(Resources).filter(([, { Type }]) => Type === 'Custom::AuroraMigrations');
  assert.equal(ours.length, 1, 'the template has one custom resource of ours');
  const [[id, { Properties }]] = ours;
  assert.equal(Properties.Version, '0002_add_name');
  assert.deepEqual(Outputs.SchemaVersion.Value, { 'Fn::GetAtt': [id, 'Version'] });
  const [api] = Object.entries(Resources).find(([name]) => /^Api[0-9A-F]{8}$/.test(name)) ?? [];
  const [release] = Object.entries(Resources).find(([, { Type }]) => Type === 'Custom::AuroraMigrationsRelease') ?? [];
  for (const awaited of [id, release])
    assert(Resources[api].DependsOn.includes(awaited), `the function waits for the migrations, and so for ${awaited}`);
  const handlers = Object.values(Resources).filter(({ Properties }) => Properties?.Handler === 'index.handler');
  const folders = fs.readdirSync(assembly).filter((entry) => fs.existsSync(path.join(assembly, entry, 'index.js')));
  assert.equal(folders.length, 1, 'the assembly has one asset with the bundle');
  const hash = folders[0].replace(/^asset\./, '');
  assert(
    handlers.some(({ Properties }) => Properties.Code.S3Key === `${hash}.zip`),
    'a function has the asset as its code',
  );
  const asset = path.join(assembly, folders[0]);
  const { digest, migrations } = readJson(asset, 'manifest.json');
  assert.deepEqual([digest, migrations.length], [Properties.Digest, 2]);
  assert.deepEqual(fs.readdirSync(path.join(asset, 'scripts')).sort(), ['0001_create_user.json', '0002_add_name.json']);
  const { artifacts } = readJson(assembly, 'manifest.json');
  const { metadata, additionalMetadataFile } = artifacts.Shop;
  const said = Object.values(metadata ?? readJson(assembly, additionalMetadataFile)).flat();
  const warnings = said.filter(({ type, data }) => /warning|error/.test(type) && String(data).includes('cdk-aurora-'));
  assert.deepEqual(warnings, [], 'the example is synthesized without a warning of ours');
  return asset;
}

function readJson(...file) {
  return JSON.parse(fs.readFileSync(path.join(...file), 'utf8'));
}
