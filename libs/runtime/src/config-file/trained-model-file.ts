import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SchemaFault } from '@foreshock/model/schema-faults';
import { schemaFaults } from '@foreshock/model/schema-faults';
import { TrainedModel } from '@foreshock/model/trained-model';

/** A model goes into a record of the log, which holds a megabyte. */
export const MODEL_BYTES_MAX = 1_000_000;

export type ReadModel =
  | { readonly ok: true; readonly model: TrainedModel | undefined }
  | { readonly ok: false; readonly fault: SchemaFault };

/**
 * Reads the model that a config names. What is wrong with it stands at the key `model`: nobody mends a model by hand.
 * `judge` says what a schema cannot: whether the program can use it.
 */
export async function readTrainedModel(
  named: string | undefined,
  folder: string,
  judge: (model: TrainedModel) => string | undefined,
): Promise<ReadModel> {
  if (named === undefined) return { ok: true, model: undefined };
  const wrong = (reason: string, remedy: string): ReadModel => ({
    ok: false,
    fault: { path: ['model'], at: 'value', reason: `${named}: ${reason}`, remedy },
  });
  let text: string;
  try {
    const path = resolve(folder, named);
    if ((await stat(path)).size > MODEL_BYTES_MAX)
      return wrong(`larger than ${MODEL_BYTES_MAX} bytes`, 'train it again with foreshock train');
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    return wrong(`cannot be read (${code})`, 'make it with foreshock train, or take the key out');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong('is no JSON', 'name a file that foreshock train wrote');
  }
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== 'foreshock-model') return wrong('is no model', 'name a file that foreshock train wrote');
  if (version !== 1)
    return wrong(
      `is of version ${String(version)}, this Foreshock reads 1`,
      'train it again with foreshock train',
    );
  const [first] = schemaFaults(TrainedModel, value);
  if (first) return wrong(`${first.path.join('.')}: ${first.reason}`, 'train it again with foreshock train');
  const model = value as TrainedModel;
  const reason = judge(model);
  return reason === undefined ? { ok: true, model } : wrong(reason, 'train it again with foreshock train');
}
