import { hash } from 'node:crypto';
import { dirname } from 'node:path';
import { sortedJson } from '@foreshock/model/canonical-json';
import { Config, type IssuePack } from '@foreshock/model/config';
import { type SchemaFault, schemaFaults } from '@foreshock/model/schema-faults';
import type { TrainedModel } from '@foreshock/model/trained-model';
import { crossChecks } from './cross-checks.ts';
import { type Fault, inFileOrder } from './fault.ts';
import { bundledPacksFolder, loadPacks, placeFor } from './issue-packs.ts';
import { roughFold } from './phrase-folding.ts';
import { missingSecrets, risks } from './risks.ts';
import { readTrainedModel } from './trained-model-file.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      /** The bundled packs, then the config’s own. */
      readonly packs: readonly IssuePack[];
      /** What `model` names, read. */
      readonly model?: TrainedModel;
      /** SHA-256 of the content in canonical form: equal exactly where nothing that counts has changed. */
      readonly hash: string;
      /** Risky, but allowed. */
      readonly warnings: readonly Fault[];
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export interface LoadOptions {
  /** How phrases are folded before they are sought: equal ones mean the same. */
  readonly foldPhrase?: (phrase: string) => string;
  /** Why a trained model cannot be used, where it cannot. */
  readonly judgeModel?: (model: TrainedModel) => string | undefined;
  /** Folder of the packs that come along. */
  readonly bundledPacks?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Reads and judges a config file and its issue packs. Every fault of every file is reported at once. Secrets are never
 * read; one that is not there is a warning.
 */
export async function loadConfig(file: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  const foldPhrase = options.foldPhrase ?? roughFold;
  const read = await readYaml(file);
  if (!read.ok) return { ok: false, faults: inFileOrder(read.faults) };
  const { source } = read;

  const wrong = schemaFaults(Config, source.value);
  const written = packsNamedIn(source.value);
  const loaded = await loadPacks([
    {
      path: options.bundledPacks ?? bundledPacksFolder,
      missing: (reason) =>
        source.fault({ path: [], at: 'value', reason: `the bundled issue packs: ${reason}` }),
    },
    ...written.map((path, index) => placeFor(source, dirname(file), index, path)),
  ]);
  if (wrong.length > 0)
    return { ok: false, faults: inFileOrder([...wrong.map(source.fault), ...loaded.faults]) };

  const config = source.value as Config;
  const crossed = crossChecks(config, loaded.packs, foldPhrase).map(source.fault);
  const trained = await readTrainedModel(
    config.model,
    dirname(file),
    options.judgeModel ?? (() => undefined),
  );
  const faults = [...crossed, ...loaded.faults, ...(trained.ok ? [] : [source.fault(trained.fault)])];
  if (faults.length > 0 || !trained.ok) return { ok: false, faults: inFileOrder(faults) };

  const risky = [...risks(config, foldPhrase), ...(await missingSecrets(config, options.environment))];
  return {
    ok: true,
    config,
    packs: loaded.packs,
    ...(trained.model === undefined ? {} : { model: trained.model }),
    hash: hash(
      'sha256',
      sortedJson({
        config,
        packs: loaded.packs,
        ...(trained.model === undefined ? {} : { model: trained.model }),
      }),
    ),
    warnings: inFileOrder(risky.map(asWarning(source))),
  };
}

const asWarning = (source: YamlSource) => (fault: SchemaFault) =>
  source.fault({ ...fault, level: 'warning' });

/** The packs that a file names, even where the rest of it is wrong: their faults are told in the same run. */
function packsNamedIn(value: unknown): string[] {
  const named = (value as { issuePacks?: unknown } | null)?.issuePacks;
  return Array.isArray(named) ? named.filter((path) => typeof path === 'string') : [];
}
