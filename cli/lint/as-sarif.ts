import { CODE_MEANING } from './code-meaning';
import type { LintFinding, LintReport } from './lint-finding';

/** A report as SARIF 2.1.0, which GitHub's code scanning, GitLab and editors read. */
export function asSarif({ findings }: LintReport): unknown {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'aurora-migrations',
            informationUri: 'https://www.npmjs.com/package/cdk-aurora-migrations',
            rules: codes.map((id) => ({ id, shortDescription: { text: CODE_MEANING[id] ?? id } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, codes)),
      },
    ],
  };
}

function resultOf({ severity, code, file, line, column, message }: LintFinding, codes: readonly string[]): unknown {
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
  };
}
