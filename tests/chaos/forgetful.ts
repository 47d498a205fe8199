import { registerHooks } from 'node:module';

/**
 * Loaded before the program, it takes a guard out of it: stages begin at the end of their input, whatever their
 * snapshots say. For the control that shows that the verdict notices.
 */
const WITH = 'const position = (await stage.assign(partition, own)) ?? bounds.start;';
const WITHOUT = 'await stage.assign(partition, own); const position = bounds.end;';

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('/runtime/src/stage-runner.ts')) return loaded;
    const source = loaded.source?.toString() ?? '';
    if (!source.includes(WITH)) throw new Error('the line that restores positions reads differently now');
    return { ...loaded, source: source.replace(WITH, WITHOUT) };
  },
});
