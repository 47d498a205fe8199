import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { need } from '../needs.ts';
import { projectFiles, projectRoot, projectText } from '../project-files.ts';
import { recordedIn, unknownIn } from './metrics.ts';
import { kubectl, kubernetesValidate, npmModules, VALIDATORS_HINT } from './validators.ts';

type Labels = Readonly<Record<string, string>>;
interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly envFrom: readonly { readonly secretRef: { readonly name: string; readonly optional?: boolean } }[];
  readonly securityContext: object;
  readonly resources: object;
  readonly volumeMounts: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}
interface Probe {
  readonly httpGet: { readonly path: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}
interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
}
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas?: number;
    readonly selector: Selector & Labels;
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly maxReplicas?: number;
    readonly maxReplicaCount?: number;
    readonly scaleTargetRef: { readonly name: string };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly containers: readonly Container[];
        readonly securityContext: object;
        readonly automountServiceAccountToken: boolean;
        readonly terminationGracePeriodSeconds: number;
        readonly topologySpreadConstraints: readonly {
          readonly topologyKey: string;
          readonly labelSelector: Selector;
        }[];
      };
    };
  };
}

type Model = new (data: object) => { validate(): void };

const folder = 'deploy/kubernetes';
const roles = ['alerter', 'dashboard', 'detector', 'ingest'];

const selects = ({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
  matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''));

test('every file of the folder is taken by some kustomization, or is for the adapter', () => {
  const files = projectFiles().filter((path) => path.startsWith(`${folder}/`));
  const named = files
    .filter((path) => path.endsWith('/kustomization.yaml'))
    .flatMap((path) => {
      const {
        resources = [],
        patches = [],
        configMapGenerator = [],
      } = parse(projectText(path) ?? '') as {
        resources?: string[];
        patches?: { path?: string }[];
        configMapGenerator?: { files: string[] }[];
      };
      const taken = [
        ...resources,
        ...patches.flatMap(({ path: patch }) => patch ?? []),
        ...configMapGenerator.flatMap(({ files: generated }) => generated),
      ];
      return [path, ...taken.map((name) => join(path, '..', name))];
    });
  const loose = files.filter((path) => !named.includes(path));
  expect(loose).toEqual([`${folder}/components/autoscale-hpa/prometheus-adapter-rules.yaml`]);
});

test('what scales asks for series and labels that there are', () => {
  const scaled = ['autoscale-keda/scaled-object.yaml', 'autoscale-hpa/prometheus-adapter-rules.yaml']
    .map((name) => projectText(`${folder}/components/${name}`) ?? '')
    .join('\n')
    .replaceAll(',<<.LabelMatchers>>', '')
    .replaceAll('<<.LabelMatchers>>', '');
  const queries = [...scaled.matchAll(/(?:query|metricsQuery): (.+)/g)].map(([, query]) => query!);
  expect(queries).toHaveLength(4);
  expect(queries.flatMap((query) => unknownIn(query, recordedIn('')))).toEqual([]);
});

const hint = 'kubectl is not on PATH; it brings Kustomize along';
describe.skipIf(need('kubectl', kubectl.found, hint) === 'skip')('built by Kustomize', () => {
  const render = (name: string) => kubectl.run(['kustomize', join(projectRoot, folder, name)]).output;
  const manifestsOf = (text: string) =>
    parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  const base = manifestsOf(render('base'));
  const example = manifestsOf(render('example'));
  const deployments = base.filter(({ kind }) => kind === 'Deployment');
  const roleOf = ({ metadata }: Manifest) => metadata.name.replace('foreshock-', '');

  test('each role is a deployment of its own that runs it on Kafka', () => {
    expect(deployments.map(roleOf)).toEqual(roles);
    for (const deployment of deployments)
      expect(deployment.spec.template.spec.containers[0]?.args.slice(-4)).toEqual([
        '--log',
        'kafka',
        '--only',
        roleOf(deployment),
      ]);
  });

  test.each(roles)('%s is nobody, writes nowhere but in memory, and has a limit', (role) => {
    const { spec } = deployments.find((one) => roleOf(one) === role)!.spec.template;
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(10);
    const [container] = spec.containers;
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
    expect(container?.resources).toMatchObject({
      requests: { cpu: expect.anything(), memory: expect.anything() },
      limits: { memory: expect.anything() },
    });
    expect(container?.volumeMounts.filter(({ readOnly }) => !readOnly)).toEqual([
      expect.objectContaining({ mountPath: '/tmp' }),
    ]);
  });

  test.each(roles)('%s is killed only when it is deaf, and ready only when it has restored', (role) => {
    const [container] = deployments.find((one) => roleOf(one) === role)!.spec.template.spec.containers;
    expect(container?.livenessProbe.httpGet.path).toBe('/healthz');
    expect(container?.startupProbe.httpGet.path).toBe('/healthz');
    expect(container?.readinessProbe.httpGet.path).toBe('/readyz');
    const { periodSeconds, failureThreshold } = container!.livenessProbe;
    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(60);
  });

  test.each(roles)('%s takes only the secrets of its own', (role) => {
    const [container] = deployments.find((one) => roleOf(one) === role)!.spec.template.spec.containers;
    const names = container?.envFrom.map(({ secretRef }) => secretRef.name);
    const own = ['ingest', 'alerter'].includes(role) ? [`foreshock-${role}`] : [];
    expect(names).toEqual(['foreshock', ...own]);
  });

  test('no secret is among the manifests', () => {
    expect([...base, ...example].filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('deployments, budgets, services and policies select the pods they mean', () => {
    const labels = new Map(deployments.map((one) => [roleOf(one), one.spec.template.metadata.labels]));
    const chosen = (selector: Selector) => roles.filter((role) => selects(selector, labels.get(role)!));
    for (const manifest of base) {
      if (manifest.kind === 'Deployment' || manifest.kind === 'PodDisruptionBudget')
        expect(chosen(manifest.spec.selector), manifest.metadata.name).toEqual([roleOf(manifest)]);
      if (manifest.kind === 'Service')
        expect(chosen({ matchLabels: manifest.spec.selector }), manifest.metadata.name).toEqual([
          roleOf(manifest),
        ]);
      for (const { labelSelector } of manifest.spec?.template?.spec.topologySpreadConstraints ?? [])
        expect(chosen(labelSelector), manifest.metadata.name).toEqual([roleOf(manifest)]);
    }
    const policies = new Map(
      base
        .filter(({ kind }) => kind === 'NetworkPolicy')
        .map(({ metadata, spec }) => [metadata.name, chosen(spec.podSelector)]),
    );
    expect(Object.fromEntries(policies)).toEqual({
      'foreshock-every-role': roles,
      'foreshock-internet': ['alerter', 'ingest'],
      'foreshock-visitors': ['dashboard', 'ingest'],
    });
    expect(base.filter(({ kind }) => kind === 'PodDisruptionBudget')).toHaveLength(roles.length);
  });

  test.each(['autoscale-keda', 'autoscale-hpa'])(
    '%s never asks for more detectors than partitions',
    (component) => {
      const config = parse(projectText(`${folder}/base/foreshock.yaml`) ?? '') as { partitions: number };
      const text = projectFiles()
        .filter(
          (path) =>
            path.startsWith(`${folder}/components/${component}/`) && !path.endsWith('kustomization.yaml'),
        )
        .map((path) => projectText(path) ?? '')
        .join('---\n');
      const scalers = manifestsOf(text).filter(({ spec }) => spec?.scaleTargetRef !== undefined);
      expect(scalers).toHaveLength(1);
      const [{ spec }] = scalers as [Manifest];
      expect(spec.maxReplicas ?? spec.maxReplicaCount).toBe(config.partitions);
      expect(spec.scaleTargetRef.name).toBe('foreshock-detector');
    },
  );

  test('the example scales, scrapes, and has its own namespace, image and config', () => {
    expect(example.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['ScaledObject', 'PodMonitor', 'PrometheusRule']),
    );
    expect(example.filter(({ metadata }) => metadata.namespace !== 'foreshock')).toEqual([]);
    const detector = example.find(
      ({ metadata, kind }) => kind === 'Deployment' && metadata.name === 'foreshock-detector',
    );
    expect(detector?.spec.replicas).toBeUndefined();
    expect(detector?.spec.template.spec.containers[0]?.image).toMatch(/\/foreshock:\d+\.\d+\.\d+$/);
    const config = example.find(({ kind }) => kind === 'ConfigMap');
    expect(config?.data?.['foreshock.yaml']).toBe(projectText(`${folder}/example/foreshock.yaml`));
  });

  const schemas = need('kubernetes-schemas', kubernetesValidate.found, VALIDATORS_HINT);
  describe.skipIf(schemas === 'skip')('Kubernetes’ own schemas', () => {
    // The oldest that still gets fixes when this was written, and the newest.
    test.each(['1.32', '1.37'])('of %s take every manifest, unknown keys refused', (version) => {
      for (const name of ['base', 'example']) {
        const { status, output } = kubernetesValidate.run(
          ['--strict', '-k', version, '--quiet', '-'],
          render(name),
        );
        expect(status, output).toBe(0);
        const unknown = [...output.matchAll(/Couldn't find schema for kind (\w+)/g)].map(([, kind]) => kind!);
        expect(
          unknown.filter((kind) => !['ScaledObject', 'PodMonitor', 'PrometheusRule'].includes(kind)),
        ).toEqual([]);
      }
    });

    test('would refuse a misspelt key', () => {
      const bad = render('base').replaceAll('readOnlyRootFilesystem', 'readOnlyRootFileSystem');
      expect(kubernetesValidate.run(['--strict', '-k', '1.37', '--quiet', '-'], bad).status).not.toBe(0);
    });
  });

  const found = existsSync(join(npmModules, '@kubernetes-models/keda'));
  const operators = need('operator-schemas', found, VALIDATORS_HINT);
  describe.skipIf(operators === 'skip')('the schemas of the operators', () => {
    const fetched = createRequire(join(npmModules, 'index.js'));
    const modelOf = ({ apiVersion, kind }: Manifest) => {
      const owner = apiVersion.startsWith('keda.sh/') ? 'keda' : 'prometheus-operator';
      const file = join(npmModules, '@kubernetes-models', owner, apiVersion, `${kind}.js`);
      return (fetched(file) as Record<string, Model>)[kind]!;
    };

    test.each(['ScaledObject', 'PodMonitor', 'PrometheusRule'])('take the %s', (kind) => {
      const manifest = example.find((one) => one.kind === kind)!;
      const Model = modelOf(manifest);
      expect(() => new Model(manifest).validate()).not.toThrow();
      expect(() => new Model({ ...manifest, spec: [] }).validate()).toThrow();
    });
  });
});
