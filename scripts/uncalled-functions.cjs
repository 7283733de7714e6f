/**
 * Functions of packages that nothing in the function calls: their bodies are not in its bundle. In the place of each stands an error
 * that names this file. `function-aliases.cjs` has the files of which nothing is needed at all.
 */

/** By the file, each function by the line that it begins with. */
const uncalled = {
  // The other side of the protocol, and what this side is never asked for: another user, replication, an address as a text,
  // rows as a stream, a query as a promise, dates that are no texts, shapes as anything but bytes (`DRIVER_OPTIONS`), parameters of
  // a stated type but the integers that the driver itself makes where the server expects one.
  'mysql2/lib/base/connection.js': [
    '  changeUser(options, callback) {',
    '  createBinlogStream(opts) {',
    '  writeColumns(columns) {',
    '  writeTextResult(rows, columns, binary = false) {',
    '  serverHandshake(args) {',
  ],
  'mysql2/lib/commands/query.js': ['  then() {', '  stream(options) {'],
  'mysql2/lib/connection_config.js': ['  static parseUrl(url) {'],
  'mysql2/lib/packets/column_definition.js': ['  static toPacket(column, sequenceId) {'],
  'mysql2/lib/packets/execute.js': ['  static fromPacket(packet, encoding) {'],
  'mysql2/lib/packets/handshake.js': ['  setScrambleData(cb) {', '  toPacket(sequenceId) {'],
  'mysql2/lib/packets/handshake_response.js': ['  static fromPacket(packet, serverFlags = 0xffffffff) {'],
  'mysql2/lib/packets/index.js': ['  static toPacket(args, encoding) {', '  static toPacket(warnings, statusFlags) {'],
  'mysql2/lib/packets/packet.js': [
    '  readDateTime(timezone) {',
    '  parseGeometryValue() {',
    '  parseDate(timezone) {',
    '  parseDateTime(timezone) {',
  ],
  'mysql2/lib/packets/typed_parameter.js': [
    'function toDate(value, name) {',
    'function temporalEncoder(type, timezone) {',
    'function toTimeParts(value) {',
    'function timeEncoder() {',
    'function lengthCodedEncoder(encoding) {',
    'function jsonEncoder(encoding) {',
  ],
  // It connects, and hands over its client.
  'serverless-mysql/index.js': [
    '  const uriToConnectionConfig = (connectionString) => {',
    '  const end = async () => {',
    '  const quit = () => {',
    '  const query = async function (...args) {',
    '  const changeUser = async (options) => {',
    '  const getMaxConnections = async () => {',
    '  const getTotalConnections = async () => {',
    '  const killZombieConnections = async (timeout) => {',
    '  const transaction = () => {',
    '  const commit = async (queries, rollback) => {',
  ],
  // It is given migrations, and neither makes files of them nor looks for any.
  'umzug/lib/umzug.js': [
    '    async create(options) {',
    '    static defaultCreationTemplate(filepath) {',
    'Umzug.defaultResolver = ({ name, path: filepath }) => {',
  ],
};

const INSTEAD = "throw Error('this function is not in the bundle: see scripts/uncalled-functions.cjs')";

/** The packages that have any, as a part of a path. */
const PACKAGES = /[\\/]node_modules[\\/](?:mysql2|serverless-mysql|umzug)[\\/]/;

/** The source of a file without them; as it is where it has none. */
function withoutUncalled(file, source) {
  const name = file.replaceAll('\\', '/').split('/node_modules/').at(-1);
  return (uncalled[name] ?? []).reduce((text, head) => {
    const heads = text.split(`\n${head}\n`);
    if (heads.length < 2) throw new Error(`${name} has no function that begins with ${JSON.stringify(head)}`);
    const end = new RegExp(`^${/^ */.exec(head)[0]}\\}`, 'm');
    return heads.reduce((before, rest) => `${before}\n${head}${INSTEAD}\n${rest.slice(rest.search(end))}`);
  }, source);
}

module.exports = { PACKAGES, uncalled, withoutUncalled };
