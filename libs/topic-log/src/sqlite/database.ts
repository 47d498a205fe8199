import { accessSync, constants, existsSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UnavailableError } from '../contract.ts';
import { explain, StoreError } from './failure.ts';
import type { Io } from './io.ts';

/** Set once per file, before its first page: at 1 KB a record 16 KB pages append twice as fast as 4 KB ones. */
const PAGE_BYTES = 16_384;
/** "4sht", so that a file of another program is told apart whatever its tables are called. */
const APPLICATION_ID = 0x34736874;
/** Version of the tables below. A store of a newer version is refused, one of an older version is migrated. */
export const STORE_FORMAT = 1;

const SCHEMA = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE topics (
    name TEXT PRIMARY KEY, partitions INTEGER NOT NULL, compacted INTEGER NOT NULL, retention_ms INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE partitions (
    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, number INTEGER NOT NULL,
    start INTEGER NOT NULL DEFAULT 0, cleaned INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, number)
  );
  -- The records of a segment are a table of their own, records_<id>; see segment.ts.
  CREATE TABLE segments (
    id INTEGER PRIMARY KEY, partition_id INTEGER NOT NULL, base INTEGER NOT NULL,
    total INTEGER, dead INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL
  );
  CREATE TABLE positions (
    member_group TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (member_group, topic, partition)
  ) WITHOUT ROWID;
  CREATE TABLE key_digests (id INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
  CREATE TABLE tombstones (
    partition_id INTEGER NOT NULL, position INTEGER NOT NULL, appended_at INTEGER NOT NULL,
    PRIMARY KEY (partition_id, position)
  ) WITHOUT ROWID;
`;

export interface DatabaseOptions {
  readonly path: string;
  readonly pageCacheBytes: number;
  /** The file may not grow beyond this many pages of 16 KB. */
  readonly pagesMax?: number;
}

/**
 * Opens or creates the store and holds it alone: the lock is the operating system’s and ends with the process,
 * however that ends. Every error names the file and what to do.
 */
export function openDatabase(options: DatabaseOptions, io: Io): DatabaseSync {
  const { path } = options;
  checkPath(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: false });
    // Exclusive before the journal is touched: the index of the write-ahead log then stays in this process’s memory.
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = ${PAGE_BYTES}`);
    const applicationId = pragma(database, 'application_id');
    const tables = count(database, 'sqlite_schema');
    if (tables > 0 && applicationId !== APPLICATION_ID) {
      throw new StoreError(`${path} belongs to another program: name another file for the store.`);
    }
    const settings = `
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${Math.ceil(options.pageCacheBytes / 1024)};
      -- Checkpoints are made between commits; this one, inside a commit, is only for when they cannot keep up.
      PRAGMA wal_autocheckpoint = 16384;
    `;
    const opened = database;
    io.at('open', () => opened.exec(settings));
    if (options.pagesMax !== undefined)
      database.exec(`PRAGMA max_page_count = ${Math.floor(options.pagesMax)}`);
    database.exec('BEGIN IMMEDIATE');
    if (tables === 0) create(database);
    checkFormat(database, path);
    io.at('create', () => opened.exec('COMMIT'));
    // What an interrupted erase left in the write-ahead log goes now.
    io.at('recover', () => opened.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
    return database;
  } catch (error) {
    if (io.death && database) abandonDatabase(database, path);
    else if (database?.isOpen) database.close();
    throw explain(error, path);
  }
}

/** SQLite would say no more than that it could not open the file. */
function checkPath(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder))
    throw new UnavailableError(`${path} cannot be created: there is no folder ${folder}.`);
  if (existsSync(path) && !statSync(path).isFile()) {
    throw new StoreError(`${path} is not a file: name the store’s file, not its folder.`);
  }
  try {
    // The write-ahead log is a file beside the store, so the folder counts too.
    for (const needed of [folder, path])
      if (existsSync(needed)) accessSync(needed, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new UnavailableError(`${path} cannot be written: check the permissions of it and its folder.`, {
      cause: error,
    });
  }
}

function create(database: DatabaseSync): void {
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; ${SCHEMA}`);
  database.prepare("INSERT INTO meta VALUES ('format', ?)").run(STORE_FORMAT);
}

function checkFormat(database: DatabaseSync, path: string): void {
  const row = database.prepare("SELECT value FROM meta WHERE name = 'format'").get();
  const format = Number(row?.['value']);
  if (format === STORE_FORMAT) return;
  throw new StoreError(
    format > STORE_FORMAT
      ? `${path} was written by a newer Foreshock (store format ${format}, this one reads ${STORE_FORMAT}): upgrade, or name another file.`
      : `${path} states no store format that is known (${format}): restore it from a backup.`,
  );
}

export function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

function count(database: DatabaseSync, table: string): number {
  return Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
}

/**
 * Lets go of the store as a killed process would: nothing more is written, the write-ahead log stays as it is. SQLite
 * moves the log into the store on closing unless the file was moved away meanwhile; so it is, for that moment.
 */
export function abandonDatabase(database: DatabaseSync, path: string): void {
  if (!database.isOpen) return;
  const aside = `${path}.abandoned`;
  renameSync(path, aside);
  try {
    database.close();
  } finally {
    renameSync(aside, path);
  }
}
