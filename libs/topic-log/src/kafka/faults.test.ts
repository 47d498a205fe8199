import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { ClosedError, UnavailableError } from '../contract.ts';
import { passes, RefusedError, refusalOf, unavailable } from './faults.ts';

const {
  KafkaJSAggregateError,
  KafkaJSConnectionError,
  KafkaJSError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSRequestTimeoutError,
  KafkaJSSASLAuthenticationError,
} = kafkajs as unknown as Record<string, new (...args: readonly unknown[]) => Error>;

const protocol = (type: string, retriable = false): Error =>
  Object.assign(new KafkaJSProtocolError!(new Error(type)), { type, retriable });
/** As kafkajs wraps what it tried in vain. */
const retried = (cause: Error): Error =>
  Object.assign(new KafkaJSNumberOfRetriesExceeded!(cause, { retryCount: 4, retryTime: 1_000 }), { cause });
const connection = (message: string, code?: string): Error => new KafkaJSConnectionError!(message, { code });

describe('what no attempt will help', () => {
  test.each([
    { fault: protocol('TOPIC_AUTHORIZATION_FAILED'), says: 'the user may not use this topic' },
    { fault: protocol('GROUP_AUTHORIZATION_FAILED'), says: 'the user may not join this group' },
    { fault: protocol('CLUSTER_AUTHORIZATION_FAILED'), says: 'the user may not do this on the cluster' },
    { fault: protocol('SASL_AUTHENTICATION_FAILED'), says: 'does not know this user and password' },
    {
      fault: new KafkaJSSASLAuthenticationError!('SCRAM failed'),
      says: 'does not know this user and password',
    },
    { fault: protocol('ILLEGAL_SASL_STATE'), says: 'did not expect a login here' },
    { fault: protocol('UNSUPPORTED_SASL_MECHANISM'), says: 'does not offer this mechanism' },
    { fault: protocol('UNSUPPORTED_VERSION'), says: 'older than Kafka 2.3' },
    { fault: protocol('INVALID_REPLICATION_FACTOR'), says: 'fewer brokers than copies asked for' },
    { fault: protocol('POLICY_VIOLATION'), says: 'a policy of the cluster forbids it' },
    { fault: protocol('INVALID_CONFIG'), says: 'refuses a setting of the topic' },
    { fault: protocol('MESSAGE_TOO_LARGE'), says: 'larger than max.message.bytes' },
    {
      fault: connection('the broker does not support the requested API version'),
      says: 'this port is not for clients',
    },
    { fault: connection('ssl3_get_record:wrong version number'), says: 'does not speak TLS' },
    { fault: connection('write EPROTO', 'EPROTO'), says: 'does not speak TLS' },
    { fault: connection('self-signed certificate in certificate chain'), says: 'certificate is not trusted' },
    {
      fault: connection("Hostname/IP does not match certificate's altnames"),
      says: 'certificate is not trusted',
    },
  ])('$fault.message: $says', ({ fault, says }) => {
    for (const error of [
      fault,
      retried(fault),
      new KafkaJSAggregateError!('Topic creation errors', [fault]),
    ]) {
      const refusal = refusalOf(error, 'appending');
      expect(refusal).toBeInstanceOf(RefusedError);
      expect(refusal!.message).toContain(says);
      expect(refusal!.message).toMatch(/^appending: [^\n]*$/);
      expect(passes(error)).toBe(false);
    }
  });

  test('a refusal is not told twice', () => {
    const refusal = new RefusedError('the user may not read it');
    expect(refusalOf(refusal, 'reading')).toBe(refusal);
    expect(
      refusalOf(Object.assign(new Error('outer'), { cause: protocol('INVALID_CONFIG') }), 'x')!.message,
    ).toBe('x: the cluster refuses a setting of the topic (INVALID_CONFIG)');
  });
});

describe('what passes', () => {
  test.each([
    connection('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'),
    connection('Closed connection'),
    new KafkaJSRequestTimeoutError!('Request Fetch timed out'),
    protocol('NOT_LEADER_FOR_PARTITION', true),
    protocol('NOT_ENOUGH_REPLICAS'),
    protocol('NOT_ENOUGH_REPLICAS_AFTER_APPEND'),
    protocol('UNKNOWN_TOPIC_OR_PARTITION'),
    protocol('OUT_OF_ORDER_SEQUENCE_NUMBER'),
    new UnavailableError('nobody leads it now'),
  ])('$name $message', (fault) => {
    for (const error of [fault, retried(fault)]) {
      expect(passes(error)).toBe(true);
      expect(refusalOf(error, 'appending')).toBeUndefined();
      expect(unavailable(error, 'appending')).toBeInstanceOf(UnavailableError);
    }
  });

  test.each([
    new ClosedError('the log is closed'),
    new TypeError('a mistake of ours'),
    new KafkaJSError!('whatever'),
    undefined,
    'text',
  ])('not %s', (error) => {
    expect(passes(error)).toBe(error instanceof KafkaJSError!);
  });
});

describe('what is told of an outage', () => {
  test.each([
    { said: 'connect ECONNREFUSED 10.0.0.1:9092', hint: 'advertised.listeners' },
    { said: 'getaddrinfo ENOTFOUND kafka-1', hint: 'advertised.listeners' },
    { said: 'Connection timeout', hint: 'advertised.listeners' },
    {
      said: 'Client network socket disconnected before secure TLS connection was established',
      hint: 'kafka.tls',
    },
    { said: 'Closed connection', hint: 'kafka.sasl' },
    { said: 'read ECONNRESET', hint: 'kafka.sasl' },
  ])('$said: look at $hint', ({ said, hint }) => {
    expect(unavailable(connection(said), 'connecting').message).toMatch(
      new RegExp(`^connecting: ${said} - .*${hint.replaceAll('.', '\\.')}.*$`),
    );
  });

  test('no advice where none fits', () => {
    expect(unavailable(protocol('NOT_ENOUGH_REPLICAS'), 'appending').message).toBe(
      'appending: NOT_ENOUGH_REPLICAS',
    );
  });

  test('a chain of causes without end is not followed for ever', () => {
    const error = new Error('round');
    error.cause = error;
    expect(passes(error)).toBe(false);
  });
});
