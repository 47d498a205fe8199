import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import { nearestName } from './nearest-name.ts';

export type ValuePath = readonly (string | number)[];

/** One thing that is wrong with a value that a person wrote, in words for that person. */
export interface SchemaFault {
  /** Where it is; for an unknown key, the path of that key. */
  readonly path: ValuePath;
  /** `key`: the key itself is wrong (unknown); `value`: what stands under it. */
  readonly at: 'key' | 'value';
  readonly reason: string;
  readonly remedy?: string;
}

type Json = Record<string, unknown>;
const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, unicode: false, logger: false });
const compiled = new WeakMap<TSchema, ValidateFunction>();

/**
 * Every fault of `value`, in the order of the schema. For people who write files; records of the log go through
 * `decode.ts`, which stops at the first. Of a union only the branch that was meant is reported: the one of the same
 * `kind`, else the one of the same JSON type. Values are repeated only where they come from a closed list or have a
 * fixed shape, never where a secret might stand.
 */
export function schemaFaults(schema: TSchema, value: unknown): SchemaFault[] {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return keepMeantBranches(validate.errors ?? []).map(describe);
}

function keepMeantBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = [...errors];
  for (const union of errors.filter((error) => error.keyword === 'anyOf')) {
    const meant = branchMeant(union);
    const chosen = meant === undefined ? undefined : `${union.schemaPath}/${meant}/`;
    kept = kept.filter((error) => {
      if (error === union) return chosen === undefined;
      const inside = error.schemaPath.startsWith(`${union.schemaPath}/`) && isWithin(error, union);
      return !inside || (chosen !== undefined && error.schemaPath.startsWith(chosen));
    });
  }
  return kept;
}

const isWithin = (error: ErrorObject, union: ErrorObject) =>
  error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);

/** Index of the branch that the writer meant; undefined where no branch fits at all. */
function branchMeant(union: ErrorObject): number | undefined {
  const branches = (union.schema as Json[]).map((branch, index) => ({ branch, index }));
  const data = union.data as unknown;
  if (isObject(data) && branches.some(({ branch }) => constOf(branch, 'kind') !== undefined))
    return branches.find(({ branch }) => constOf(branch, 'kind') === data['kind'])?.index;
  const fitting = branches.filter(({ branch }) => couldMean(branch, data));
  return fitting.length === 1 ? fitting[0]!.index : undefined;
}

/** Of a map, one key in common; of anything else, the JSON type. A union inside means what one of its branches means. */
function couldMean(branch: Json, data: unknown): boolean {
  if (Array.isArray(branch['anyOf']))
    return (branch['anyOf'] as Json[]).some((inner) => couldMean(inner, data));
  if (!isObject(data)) return branch['const'] === undefined && branch['type'] === typeOf(data);
  const properties = (branch['properties'] as Json | undefined) ?? {};
  return Object.keys(data).some((key) => Object.hasOwn(properties, key));
}

function constOf(branch: Json, key: string): unknown {
  const properties = branch['properties'] as Record<string, Json> | undefined;
  return properties?.[key]?.['const'];
}

function describe(error: ErrorObject): SchemaFault {
  const path = pathOf(error);
  const fault = (reason: string, remedy?: string): SchemaFault => ({
    path,
    at: 'value',
    reason,
    ...(remedy === undefined ? {} : { remedy }),
  });
  const schema = error.parentSchema as Json;
  const description = typeof schema['description'] === 'string' ? schema['description'] : undefined;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      const known = Object.keys((schema['properties'] as Json | undefined) ?? {});
      const meant = nearestName(key, known);
      return {
        path: [...path, key],
        at: 'key',
        reason: 'is not a known key',
        remedy: meant ? `did you mean ${meant}?` : `known here: ${known.join(', ')}`,
      };
    }
    case 'required':
      return fault(`${String(error.params['missingProperty'])} is missing`);
    case 'type':
      return wrongType(error, fault, description);
    case 'const':
      return fault(`must be ${JSON.stringify(error.schema)}`);
    case 'enum':
      return notListed(error.schema as unknown[], error.data, fault);
    case 'anyOf':
      return wrongUnion(error, fault, description);
    case 'pattern':
      // Not repeated: somebody may have put a secret where the name of one belongs.
      return fault('does not have the right form', description);
    case 'minItems':
      return fault(`must have at least ${String(error.schema)} ${error.schema === 1 ? 'entry' : 'entries'}`);
    case 'maxItems':
      return fault(
        `has ${(error.data as unknown[]).length} entries; at most ${String(error.schema)} are possible`,
      );
    case 'minLength':
      return fault('must not be empty');
    case 'maxLength':
      return fault(
        `is ${(error.data as string).length} characters long; at most ${String(error.schema)} are possible`,
      );
    case 'minimum':
      return fault(`must be at least ${String(error.schema)}, is ${shown(error.data)}`);
    case 'maximum':
      return fault(`must be at most ${String(error.schema)}, is ${shown(error.data)}`);
    default:
      return fault(error.message ?? 'does not fit', description);
  }
}

type MakeFault = (reason: string, remedy?: string) => SchemaFault;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map of keys and values',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

function wrongType(error: ErrorObject, fault: MakeFault, description: string | undefined): SchemaFault {
  const wanted = String(error.schema);
  const got = typeOf(error.data);
  const reason = `must be ${TYPE_WORDS[wanted] ?? wanted}, is ${TYPE_WORDS[got] ?? got}`;
  if (wanted === 'array' && got === 'string') return fault(reason, 'write it as a list: ["…"]');
  if (wanted === 'string' && got === 'null')
    return fault(reason, 'outside of quotes # starts a comment: write "#launch" in quotes');
  if (wanted === 'string' && (got === 'integer' || got === 'number' || got === 'boolean'))
    return fault(reason, 'put it in quotes');
  return fault(reason, description);
}

function notListed(listed: readonly unknown[], data: unknown, fault: MakeFault): SchemaFault {
  const meant = typeof data === 'string' ? nearestName(data, listed.map(String)) : undefined;
  return fault(`must be one of ${listed.join(', ')}`, meant && `did you mean ${meant}?`);
}

function wrongUnion(error: ErrorObject, fault: MakeFault, description: string | undefined): SchemaFault {
  const branches = error.schema as Json[];
  const literals = branches.map((branch) => branch['const']).filter((value) => value !== undefined);
  if (literals.length === branches.length) return notListed(literals, error.data, fault);
  const kinds = branches.map((branch) => constOf(branch, 'kind')).filter((kind) => kind !== undefined);
  if (isObject(error.data) && kinds.length === branches.length) {
    const written = error.data['kind'];
    const meant = typeof written === 'string' ? nearestName(written, kinds.map(String)) : undefined;
    const reason = written === undefined ? 'kind is missing' : `there is no kind ${shown(written)}`;
    return {
      ...fault(`${reason}; one of ${kinds.join(', ')}`, meant && `did you mean ${meant}?`),
      path: written === undefined ? pathOf(error) : [...pathOf(error), 'kind'],
    };
  }
  const notation = description ?? branches.map((branch) => branch['description']).find((text) => text);
  return fault('has none of the possible forms', typeof notation === 'string' ? notation : undefined);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

const shown = (value: unknown) =>
  typeof value === 'string'
    ? JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
    : String(value);

/** The JSON pointer as a path; a number stands for a place in a list. */
function pathOf(error: ErrorObject): (string | number)[] {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      return /^(0|[1-9][0-9]*)$/.test(key) ? Number(key) : key;
    });
}
