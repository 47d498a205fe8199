import { Config, IssuePack } from '@foreshock/model/config';
import type { TSchema } from 'typebox';

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
  readonly anyOf?: readonly TSchema[];
}

const GENERATED = '<!-- Written from the code by `npm run generate`. -->';

/** Every key of the config file and of an issue pack, with its form and what it does. */
export function configPage(): string {
  return [
    GENERATED,
    '# The config file',
    '',
    'YAML 1.2 or JSON. `config/example.yaml` is one to start from, `config/full.example.yaml` shows every key in use, and',
    '`foreshock check FILE` says what is wrong with one. In an editor, `config/schema/config.schema.json` completes the keys.',
    '',
    ...table(rowsOf(Config, '')),
    '',
    '# An issue pack',
    '',
    'One pack a file. `config/issues/` holds the bundled ones.',
    '',
    ...table(rowsOf(IssuePack, '')),
    '',
  ].join('\n');
}

interface Row {
  readonly key: string;
  readonly form: string;
  readonly what: string;
}

function table(rows: readonly Row[]): string[] {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  return [
    '| Key | Form | What it does |',
    '|---|---|---|',
    ...rows.map(({ key, form, what }) => `| \`${key}\` | ${cell(form)} | ${cell(what)} |`),
  ];
}

function rowsOf(schema: TSchema, prefix: string): Row[] {
  const shape = schema as Shape;
  return Object.entries(shape.properties ?? {}).flatMap(([name, child]) => {
    const key = `${prefix}${name}`;
    const needed = shape.required?.includes(name) ? '**needed**, ' : '';
    const { description = '' } = child as Shape;
    return [{ key, form: needed + formOf(child), what: description }, ...innerRows(child, key)];
  });
}

/** Rows below a key: of a map, of the entries of a list, and of each kind of a union. */
function innerRows(schema: TSchema, key: string): Row[] {
  const shape = schema as Shape;
  if (shape.properties) return rowsOf(schema, `${key}.`);
  if (shape.items) return innerRows(shape.items, `${key}[]`);
  const seen = new Set<string>();
  return kindsOf(schema).flatMap(({ kind, branch }) => {
    const rows = rowsOf(branch, `${key}.`).map((row) =>
      row.key === `${key}.kind` ? { ...row, key: `${key}.kind: ${kind}` } : row,
    );
    // What several kinds share is told once, at the first of them.
    return rows.filter((row) => !seen.has(`${row.key} ${row.form}`) && seen.add(`${row.key} ${row.form}`));
  });
}

function kindsOf(schema: TSchema): { kind: string; branch: TSchema }[] {
  return ((schema as Shape).anyOf ?? []).flatMap((branch) => {
    const kind = ((branch as Shape).properties?.['kind'] as Shape | undefined)?.const;
    return typeof kind === 'string' ? [{ kind, branch }] : [];
  });
}

function formOf(schema: TSchema): string {
  const shape = schema as Shape;
  if (shape.const !== undefined) return `\`${String(shape.const)}\``;
  if (shape.enum) return shape.enum.map((value) => `\`${String(value)}\``).join(', ');
  const kinds = kindsOf(schema);
  if (kinds.length > 0) return `one of ${kinds.map(({ kind }) => kind).join(', ')}`;
  if (shape.anyOf) return shape.anyOf.map(formOf).join(' or ');
  if (shape.type === 'array')
    return `list of ${shape.items ? formOf(shape.items) : 'anything'}${shape.maxItems ? `, at most ${shape.maxItems.toLocaleString('en')}` : ''}`;
  if (shape.type === 'object') {
    const names = Object.keys(shape.properties ?? {});
    return names.length === 1 ? `{${names[0]}: …}` : 'map';
  }
  if (shape.type === 'integer')
    return `whole number ${shape.minimum ?? ''}–${shape.maximum?.toLocaleString('en') ?? ''}`.trim();
  if (shape.type === 'boolean') return 'true or false';
  if (shape.pattern?.includes('(ms|s|m|h|d)') || shape.pattern?.includes('(m|h|d)')) return 'duration';
  if (shape.pattern) return 'name';
  return shape.maxLength ? `text of at most ${shape.maxLength.toLocaleString('en')} characters` : 'text';
}
