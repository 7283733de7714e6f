const TEXT = String.raw`(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")`;
const BEFORE = [
  String.raw`\bIDENTIFIED\s+(?:(?:WITH|VIA)\s+\S+\s+)?(?:BY|AS|USING)\s+(?:PASSWORD\s*\(?\s*)?`,
  String.raw`\b\w*PASSWORD\b\s*(?:FOR\s[^=;]*)?(?:[=(]|\bTO\b)?\s*(?:PASSWORD\s*\(\s*)?`,
];
/** What AWSAuthenticationPlugin is told is no secret. */
const SECRET = new RegExp(`(${BEFORE.join('|')})(?!'RDS')${TEXT}`, 'gi');

/** A statement as it can be shown, in a log or a pull request: without the password that it sets. */
export function withoutSecrets(statement: string): string {
  return /IDENTIFIED|PASSWORD/i.test(statement) ? statement.replace(SECRET, "$1'…'") : statement;
}
