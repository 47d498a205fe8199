import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { nativeFolder } from '@foreshock/topic-log/kafka/native';
import { buildEnvironment, hasHeader, hasProgram, lacking, leftOut, wrongHeaders } from './toolbox.ts';

/**
 * `make native`: builds node-rdkafka for the Node that runs, into .tools/native. It takes two minutes, 540 MB while it
 * runs and 15 afterwards; what is built already is left alone. With --if-possible no failure is one.
 */
const here = import.meta.dirname;
const root = resolve(here, '../..');
const sources = join(here, 'package');
const built = nativeFolder(root);
const parent = dirname(built);
const logFile = join(parent, 'build.log');
const say = (line: string) => process.stdout.write(`${line}\n`);

/** A build is for these sources, this Node and these libraries: one more of them is a reason to build again. */
function stampOf(without: string | undefined): string {
  const lock = createHash('sha256').update(readFileSync(join(sources, 'package-lock.json')));
  return `${lock.digest('hex')} ${without ?? 'complete'}\n`;
}

/** Loads what was built in a process of its own, as it will be: a build that does not load is none. */
function describeBuild(folder: string): string {
  const module = join(root, 'libs/topic-log/src/kafka/native.ts');
  const script = `
    const { loadFrom } = await import(${JSON.stringify(module)});
    const found = loadFrom(${JSON.stringify(folder)});
    if ('absent' in found) throw new Error(found.absent);
    console.log('librdkafka ' + found.client.librdkafkaVersion + ': ' + found.client.features.join(' '));`;
  const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(/Error: .*/.exec(ran.stderr)?.[0] ?? 'it does not load');
  return ran.stdout.trim();
}

/** Runs npm in `folder`, its words to the log file, a sign of life here every 20 s. */
async function npm(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const log = createWriteStream(logFile, { flags: 'a' });
  const started = performance.now();
  const child = spawn('npm', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const alive = setInterval(() => {
    say(`  … ${Math.round((performance.now() - started) / 1_000)} s`);
  }, 20_000);
  try {
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`npm ${args[0]} failed; the reason stands in ${relative(root, logFile)}`);
  } finally {
    clearInterval(alive);
    log.end();
  }
}

/** The files that are needed to load it: the rest is sources and what the compiler left. */
function copyNeeded(from: string, to: string): void {
  for (const name of ['bindings', 'file-uri-to-path'])
    cpSync(join(from, name), join(to, name), { recursive: true });
  const [source, target] = [join(from, 'node-rdkafka'), join(to, 'node-rdkafka')];
  for (const name of ['lib', 'librdkafka.js', 'package.json', 'LICENSE.txt', 'deps/librdkafka/LICENSE'])
    cpSync(join(source, name), join(target, name), { recursive: true });
  mkdirSync(join(target, 'build/Release'), { recursive: true });
  const module = 'build/Release/node-librdkafka.node';
  copyFileSync(join(source, module), join(target, module));
  // The module looks for librdkafka in `../deps`, beside its own folder.
  cpSync(join(source, 'build/deps'), join(target, 'build/deps'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path.endsWith('build/deps') || /^librdkafka.*\.(so|dylib)/.test(basename(path)),
  });
}

async function main(): Promise<number> {
  // Without a compiler there are no headers to look for: what is built stays good.
  const cannot = lacking(hasProgram);
  const without = cannot ? undefined : leftOut(hasHeader);
  const stamp = stampOf(without);
  const stampFile = join(built, 'stamp');
  if (existsSync(stampFile) && (cannot || readFileSync(stampFile, 'utf8') === stamp)) {
    say(`${describeBuild(built)} (built already)`);
    return 0;
  }
  const nodeFolder = dirname(dirname(realpathSync(process.execPath)));
  const wrong = cannot ?? wrongHeaders(nodeFolder, process.versions.modules);
  if (wrong) throw new Error(wrong);
  mkdirSync(parent, { recursive: true });
  rmSync(logFile, { force: true });
  const work = mkdtempSync(join(parent, 'building-'));
  try {
    say(`building node-rdkafka for Node ${process.version}: two minutes; log in ${relative(root, logFile)}`);
    if (without) say(`  ${without}`);
    for (const name of ['package.json', 'package-lock.json'])
      copyFileSync(join(sources, name), join(work, name));
    const env = buildEnvironment(process.env, nodeFolder);
    await npm(work, ['ci', '--ignore-scripts', '--workspaces=false', '--no-audit', '--no-fund'], env);
    await npm(work, ['rebuild', 'node-rdkafka', '--ignore-scripts=false', '--foreground-scripts'], env);
    const done = join(work, 'done');
    copyNeeded(join(work, 'node_modules'), join(done, 'node_modules'));
    // Where the build left its work, it would load even if something was not copied.
    rmSync(join(work, 'node_modules'), { recursive: true });
    const description = describeBuild(done);
    writeFileSync(join(done, 'stamp'), stamp);
    rmSync(built, { recursive: true, force: true });
    renameSync(done, built);
    say(description);
    return 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  // Where it is only wanted, going without it is no failure.
  process.exitCode = process.argv.includes('--if-possible') ? 0 : 1;
}
