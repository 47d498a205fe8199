import { describe, expect, test, vi } from 'vitest';
import { chooseProvider, type Machine } from './provider.ts';

const bare: Machine = {
  env: {},
  dockerAnswers: () => false,
  javaMajor: () => undefined,
  mavenAnswers: () => false,
  jarsFetched: () => false,
};
const whole: Machine = {
  env: { FORESHOCK_KAFKA: 'kafka-1:9092, kafka-2:9092' },
  dockerAnswers: () => true,
  javaMajor: () => 17,
  mavenAnswers: () => true,
  jarsFetched: () => true,
};
const choose = (machine: Partial<Machine>, wish: { own?: boolean; plain?: boolean } = {}) =>
  chooseProvider({ ...bare, ...machine }, { own: wish.own ?? false, plain: wish.plain ?? true });

describe('brokers come', () => {
  test('from those that are given, and nothing else is asked', () => {
    const dockerAnswers = vi.fn(() => true);
    expect(choose({ ...whole, dockerAnswers })).toEqual({
      kind: 'given',
      brokers: ['kafka-1:9092', 'kafka-2:9092'],
    });
    expect(dockerAnswers).not.toHaveBeenCalled();
  });

  test('never from given ones where they will be killed', () => {
    expect(choose(whole, { own: true }).kind).toBe('docker');
  });

  test('never from a container where users, certificates or lasting data are asked for', () => {
    expect(choose(whole, { own: true, plain: false })).toEqual({ kind: 'java', java: 'java' });
  });

  test.each([
    ['Maven', { mavenAnswers: () => true }],
    ['jars that were fetched', { jarsFetched: () => true }],
  ])('from Java with %s', (_what, machine) => {
    expect(choose({ javaMajor: () => 21, ...machine })).toEqual({ kind: 'java', java: 'java' });
  });
});

describe('where there are none it says what to install', () => {
  test.each<[string, Partial<Machine>, string]>([
    ['nothing is there', {}, 'Java 17 or newer (none is here) and Maven'],
    ['Java is too old', { javaMajor: () => 11, mavenAnswers: () => true }, '(Java 11 is here) (Debian'],
    ['Maven is missing', { javaMajor: () => 17 }, 'install Maven'],
  ])('when %s', (_what, machine, words) => {
    const provider = choose(machine);
    expect(provider).toMatchObject({ kind: 'none' });
    expect(provider.kind === 'none' && provider.reason).toContain(words);
  });
});
