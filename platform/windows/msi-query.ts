// Queries for msibuild, which knows a small part of SQL.

type Value = string | number | null;

/** A row; columns that are empty or null are left out. Texts may hold no apostrophe, which msibuild cannot read. */
export type Row = Readonly<Record<string, Value>>;

/** A query that adds a row to a table. */
export function insert(table: string, row: Row): string {
  const present = Object.entries(row).filter(([, value]) => value !== null && value !== '');
  const names = present.map(([name]) => `\`${name}\``).join(', ');
  const values = present.map(([, value]) => (typeof value === 'number' ? String(value) : `'${value}'`));
  return `INSERT INTO \`${table}\` (${names}) VALUES (${values.join(', ')})`;
}

/**
 * A query that makes a table.
 * @param columns - name and type; the first `keys` of them are the key
 */
export function create(table: string, columns: readonly (readonly [string, string])[], keys: number): string {
  const described = columns.map(([name, type]) => `\`${name}\` ${type}`).join(', ');
  const key = columns.slice(0, keys).map(([name]) => `\`${name}\``);
  return `CREATE TABLE \`${table}\` (${described} PRIMARY KEY ${key.join(', ')})`;
}
