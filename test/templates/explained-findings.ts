/** A finding that stays, and why. */
export interface ExplainedFinding {
  /** The rule's id in checkov or cfn-lint. */
  readonly rule: string;
  /** Logical ids of the resources that break it, in any of the templates. */
  readonly resource: RegExp;
  readonly why: string;
}

/** Resources of a construct `AuroraMigrations` begin with this; what else is in the templates its user makes. */
export const OURS = /^Migrations/;

/** What checkov and cfn-lint find in a construct with all options, and in the sample app. */
export const EXPLAINED: readonly ExplainedFinding[] = [
  {
    rule: 'CKV_AWS_111',
    resource: /^MigrationsFunctionRoleDefaultPolicy/,
    why: 'Network interfaces of a function in a VPC: EC2 knows no narrower resource than *. All else is narrowed.',
  },
  {
    rule: 'CKV_AWS_115',
    resource: /^MigrationsFunction(OnFailure)?[0-9A-F]{8}$/,
    why: 'A reserved concurrency would be taken from the account’s; the lock in the database lets one run at a time.',
  },
  {
    rule: 'CKV_AWS_116',
    resource: /^MigrationsFunction(OnFailure)?[0-9A-F]{8}$/,
    why: 'The function has an on-failure destination, which answers CloudFormation; a queue would answer nobody.',
  },
  {
    rule: 'CKV_AWS_117',
    resource: /^MigrationsFunctionOnFailure[0-9A-F]{8}$/,
    why: 'It answers for a function whose way out of the VPC may be the very thing that is broken. It has no database.',
  },
  {
    rule: 'CKV_AWS_158',
    resource: /^MigrationsFunctionLogs/,
    why: 'CloudWatch encrypts each group; who wants a key of their own gives `logGroup`. No secret is logged.',
  },
  {
    rule: 'CKV_AWS_173',
    resource: /^MigrationsFunction[0-9A-F]{8}$/,
    why: 'No variable is a secret (test/lib/security.test.ts); Lambda encrypts them with its own key.',
  },
  {
    rule: 'W3005',
    resource: /^MigrationsFunction(OnFailure)?[0-9A-F]{8}$/,
    why: 'The CDK adds a dependency on the role’s policy, and with it one on the role that GetAtt implies.',
  },
];
