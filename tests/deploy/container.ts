import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { projectFiles, projectRoot } from '../project-files.ts';
import { type BuildStage, type Instruction, ignoredBy } from './containerfile.ts';

/**
 * Builds an image by its Containerfile and runs it, with nothing but the kernel: this machine’s file system stands in
 * for the base image, each stage is one layer over it (a stack of them would overlap), and RUN and the final process
 * have both as their root. Needs root. What differs from an engine: the network is this machine’s, and the base image is not the real one.
 */
export interface Built {
  /** What it has over the base image. */
  readonly layer: string;
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
  readonly words: Readonly<Record<'ENTRYPOINT' | 'CMD' | 'HEALTHCHECK', readonly string[]>>;
}

const SHELL = 'set -e; mount --make-rprivate /;';

export function canContain(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'foreshock-layers-'));
  for (const name of ['layer', 'work', 'root']) mkdirSync(join(folder, name));
  const script = `${SHELL} ${mountOver(join(folder, 'layer'), 'rw')}`;
  const { status } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', script]);
  rmSync(folder, { recursive: true, force: true });
  return status === 0;
}

/** A layer `x/layer` is seen over this machine at `x/root`. */
function mountOver(layer: string, mode: 'rw' | 'ro'): string {
  const scratch = dirname(layer);
  return `mount -t overlay overlay -o ${mode},lowerdir=/,upperdir=${layer},workdir=${scratch}/work ${scratch}/root;`;
}

export function build(stages: readonly BuildStage[], options: { ignoreFile: string; folder: string }): Built {
  const ignored = ignoredBy(options.ignoreFile);
  const context = projectFiles().filter((path) => !ignored(path));
  const built = new Map<string, Built>();
  for (const stage of stages) {
    const scratch = join(options.folder, stage.name);
    const layer = join(scratch, 'layer');
    for (const name of ['layer', 'work', 'root']) mkdirSync(join(scratch, name), { recursive: true });
    const below = built.get(stage.base);
    let image: Built = {
      layer,
      env: below?.env ?? { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
      workdir: below?.workdir ?? '/',
      user: below?.user ?? '0:0',
      words: below?.words ?? { ENTRYPOINT: [], CMD: [], HEALTHCHECK: [] },
    };
    // Linked, for steps here add and remove files and never write into those of the stage before.
    if (below) spawnSync('cp', ['-al', `${below.layer}/.`, layer]);
    else {
      // What the base image has: the Node that runs this test.
      mkdirSync(join(layer, 'usr/local/bin'), { recursive: true });
      // A copy: the image has a /tmp of its own, and this checkout may stand in there.
      copyFileSync(process.execPath, join(layer, 'usr/local/bin/node'));
    }
    for (const instruction of stage.instructions)
      image = apply(instruction, { image, layer, scratch, context, built });
    built.set(stage.name, image);
  }
  return built.get(stages.at(-1)?.name ?? '')!;
}

interface Step {
  readonly image: Built;
  readonly layer: string;
  readonly scratch: string;
  readonly context: readonly string[];
  readonly built: ReadonlyMap<string, Built>;
}

function apply({ name, words, text, flags, line }: Instruction, step: Step): Built {
  const { image, layer } = step;
  switch (name) {
    case 'WORKDIR': {
      const workdir = resolve(image.workdir, words[0]!);
      mkdirSync(join(layer, workdir), { recursive: true });
      return { ...image, workdir };
    }
    case 'ENV': {
      const [key = '', value = ''] = text.split('=');
      return { ...image, env: { ...image.env, [key]: value } };
    }
    case 'USER':
      return { ...image, user: words[0]! };
    case 'ENTRYPOINT':
    case 'CMD':
      return { ...image, words: { ...image.words, [name]: JSON.parse(text) as string[] } };
    case 'HEALTHCHECK':
      return {
        ...image,
        words: { ...image.words, HEALTHCHECK: JSON.parse(text.replace(/^.*? CMD /, '')) as string[] },
      };
    case 'COPY':
      copy({ words, from: flags.get('from') }, step);
      return image;
    case 'RUN': {
      const root = join(step.scratch, 'root');
      const script = `${SHELL} ${mountOver(layer, 'rw')}
        mount --rbind /proc ${root}/proc; mount --rbind /dev ${root}/dev
        exec chroot ${root} sh -c 'cd "$0" && exec sh -c "$1"' ${image.workdir} "$1"`;
      const ran = spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', text], {
        env: { ...process.env, ...image.env },
        encoding: 'utf8',
      });
      if (ran.status !== 0) throw new Error(`line ${line}: RUN failed\n${ran.stdout}${ran.stderr}`);
      return image;
    }
    default:
      return image;
  }
}

/** As COPY does: a folder’s content, a file under the name of the target or into it where it ends with a slash. */
function copy({ words, from }: { words: readonly string[]; from: string | undefined }, step: Step): void {
  const target = words.at(-1)!;
  for (const source of words.slice(0, -1)) {
    const into = join(step.layer, target.startsWith('/') ? target : join(step.image.workdir, target));
    if (from !== undefined) {
      copyFromStage(step.built.get(from), { source, into });
      continue;
    }
    const files = step.context.filter((path) => path === source || path.startsWith(`${source}/`));
    if (files.length === 0) throw new Error(`COPY: the build context has no ${source}`);
    for (const path of files) {
      const isFile = path === source;
      const to =
        isFile && !target.endsWith('/')
          ? into
          : join(into, isFile ? path.split('/').at(-1)! : path.slice(source.length + 1));
      if (!existsSync(join(projectRoot, path))) continue;
      mkdirSync(dirname(to), { recursive: true });
      cpSync(join(projectRoot, path), to);
      chmodSync(to, statSync(join(projectRoot, path)).mode & 0o755);
    }
  }
}

/** Seen over the base image: what the stage removed of it is not there. */
function copyFromStage(stage: Built | undefined, options: { source: string; into: string }): void {
  if (!stage) throw new Error('COPY --from: there is no such stage');
  const root = join(dirname(stage.layer), 'root');
  mkdirSync(options.into, { recursive: true });
  const script = `${SHELL} ${mountOver(stage.layer, 'ro')}
    cp -a ${root}${options.source}/. ${options.into}`;
  const ran = spawnSync('unshare', ['--mount', 'sh', '-c', script], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`COPY --from: ${options.source}: ${ran.stderr}`);
}

/** Starts the image with a read-only root, as its user and without any right; /tmp and /data are in memory. */
export function start(
  image: Built,
  options: { folder: string; config: string; words?: readonly string[] },
): ChildProcess {
  const root = join(dirname(image.layer), 'root');
  const config = join(options.folder, 'foreshock.yaml');
  writeFileSync(config, options.config);
  const [uid, gid] = image.user.split(':');
  const environment = Object.entries(image.env).map(([key, value]) => `${key}=${value}`);
  const script = `${SHELL} mkdir -p ${image.layer}/etc/foreshock; cp ${config} ${image.layer}/etc/foreshock/
    ${mountOver(image.layer, 'ro')}
    mount -t proc proc ${root}/proc; mount --rbind /dev ${root}/dev
    mount -t tmpfs -o mode=1777 tmpfs ${root}/tmp; mount -t tmpfs -o mode=700,uid=${uid},gid=${gid} tmpfs ${root}/data
    cd /; exec chroot ${root} setpriv --reuid=${uid} --regid=${gid} --clear-groups --bounding-set=-all \\
      --inh-caps=-all --no-new-privs env --chdir=${image.workdir} -i "$@"`;
  const words = options.words ?? [...image.words.ENTRYPOINT, ...image.words.CMD];
  return spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'sh', ...environment, ...words],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}
