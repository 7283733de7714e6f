/** A release of the certify stack: what differs between two deployments. */
export interface Release {
  /** What it is called in the report; each has another name. */
  readonly name: string;
  /** Migrations of the example that it has, by the beginning of their names. */
  readonly plain: readonly string[];
  /** More migrations, by file name. */
  readonly more?: Readonly<Record<string, string>>;
  /** How the gate fails: after all else at once, or after it with a pause; or beside the migrations. */
  readonly gate?: 'after' | 'after-pause' | 'beside';
}
