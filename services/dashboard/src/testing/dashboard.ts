import { VirtualClock } from '@foreshock/runtime/clock';
import { createMetrics } from '@foreshock/runtime/metrics';
import { createMemoryLog, type MemoryLog } from '@foreshock/topic-log/memory';
import { dashboardRoutes } from '../api.ts';
import type { HealthReport } from '../api-schemas.ts';
import type { Auth } from '../auth.ts';
import { createHttpServer, type HttpServer } from '../server.ts';
import { createView, TELL_EVERY_MS, type View } from '../view.ts';
import { createAllTopics, NIGHT } from './seed.ts';

export interface TestDashboard {
  readonly log: MemoryLog;
  readonly clock: VirtualClock;
  readonly view: View;
  readonly server: HttpServer;
  /** Lets the view take what was appended, and tell it. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** The dashboard over a memory log: `seed` is there before it starts. Listens only where a test asks it to. */
export async function startDashboard(
  options: {
    readonly seed?: (log: MemoryLog) => Promise<void>;
    readonly auth?: Auth;
    readonly health?: () => HealthReport;
    readonly pageFolder?: string;
    readonly startView?: boolean;
    readonly log?: (memory: MemoryLog) => MemoryLog;
  } = {},
): Promise<TestDashboard> {
  const clock = new VirtualClock(NIGHT);
  const memory = createMemoryLog({ clock });
  const log = options.log?.(memory) ?? memory;
  await createAllTopics(log);
  await options.seed?.(log);
  const view = createView({ log, clock, epoch: 'test' });
  if (options.startView !== false) {
    view.start();
    await view.caughtUp();
  }
  const server = await createHttpServer({
    host: '127.0.0.1',
    port: 0,
    ...(options.auth ? { auth: options.auth } : {}),
    plugins: [
      async (app) => {
        await app.register(dashboardRoutes, {
          log,
          view,
          clock,
          metrics: createMetrics(),
          ...(options.auth ? { auth: options.auth } : {}),
          ...(options.pageFolder === undefined ? {} : { pageFolder: options.pageFolder }),
          health: options.health ?? (() => ({ ready: true, missing: [] })),
        });
      },
    ],
  });
  await server.app.ready();
  return {
    log,
    clock,
    view,
    server,
    settle: () => clock.advance(TELL_EVERY_MS),
    async close() {
      await server.close();
      await view.stop();
      await log.close();
    },
  };
}
